import { systemClock, type Clock } from '../../core/clock.ts'
import { ChatError } from '../../core/errors.ts'
import {
  HISTORY_RECORD_VERSION,
  takesPlace,
  type FinishedTurn,
  type HistoryStore,
  type NewTurn,
  type StoredTurn,
  type ThreadKey,
  type ThreadSummary,
} from '../../core/history/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/expect-options.ts'
import { expectClock, expectDuration, expectMethods } from '../../core/validate.ts'
import { decodeResult, encodeResult } from '../../records/stored-result.ts'
import { createSqliteConnection } from './sqlite-connection.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** What {@link sqliteHistoryStore} takes. */
export interface SqliteHistoryStoreOptions {
  /**
   * A connection for the store alone: a `DatabaseSync` of `node:sqlite`, or one of better-sqlite3. It stays yours to
   * close; the store sets `busy_timeout` 0, `journal_mode` WAL and `synchronous` FULL on it, and makes its tables.
   */
  readonly database: SqliteDatabase
  /** How long a call waits while another connection writes, in milliseconds. @defaultValue 3,000 */
  readonly busyMs?: number | undefined
  /** @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<SqliteHistoryStoreOptions> = { database: true, busyMs: true, clock: true }

/**
 * A {@link HistoryStore} in a file, for one server: what it has acknowledged survives a crash of the process and of the
 * machine. Threads are kept until they are deleted. A call that finds the database locked for `busyMs` fails with
 * `store-conflict`, and nothing of it is kept.
 *
 * @throws TypeError or RangeError when an option is wrong
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqliteHistoryStore } from 'ragwire/sqlite'
 * const history = sqliteHistoryStore({ database: new DatabaseSync('conversations.db') })
 * ```
 */
export function sqliteHistoryStore(options: SqliteHistoryStoreOptions): HistoryStore {
  expectOptions(options, OPTIONS, { of: 'sqliteHistoryStore' })
  const { database } = options
  expectMethods('database', database, 'a connection such as new DatabaseSync(path)', ['exec', 'prepare'])
  const connection = createSqliteConnection(database, {
    busyMs: expectDuration('busyMs', options.busyMs, 3_000),
    clock: expectClock('clock', options.clock, systemClock),
  })

  return {
    beginTurn: (turn, options) => connection.write((database) => beginTurn(database, turn), options),
    finishTurn: (turn, options) => connection.write((database) => finishTurn(database, turn), options),
    load({ scope, threadId }, { limit, signal }) {
      const load = (database: SqliteDatabase): readonly StoredTurn[] => {
        // As the statement names them.
        const rows = database.prepare(LOAD).all(scope, threadId, finite(limit)) as readonly TurnRow[]
        return rows.map((row) => toTurn(row, threadId)).toReversed()
      }
      return connection.read(load, { signal })
    },
    async list(scope, { limit, before, signal }) {
      // A cursor that is none of ours ends the listing: starting over would go round for ever.
      if (before !== undefined && !/^\d{1,15}$/.test(before)) return { threads: [] }
      const cursor = before === undefined ? Number.MAX_SAFE_INTEGER : Number(before)
      const rows = await connection.read(
        // As the statement names them.
        (database) => database.prepare(LIST).all(scope, cursor, finite(limit + 1)) as readonly ThreadRow[],
        { signal },
      )
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return { threads: page.map(toSummary), ...(last && rows.length > limit && { before: String(last.touched) }) }
    },
    delete: (thread, options) => connection.write((database) => deleteThread(database, thread), options),
  }
}

function beginTurn(database: SqliteDatabase, turn: NewTurn): void {
  const { scope, threadId, runId, messageId, question, replaces = null } = turn
  // As the statement names it.
  const known = database
    .prepare('select thread_id from ragwire_turns where scope = ? and run_id = ?')
    .get(scope, runId) as { readonly thread_id: string } | undefined
  if (known?.thread_id === threadId) return
  if (known) throw new ChatError('The run belongs to another thread', { code: 'store-conflict' })
  if (replaces !== null && !findTurn(database, { scope, threadId, runId: replaces })) {
    throw new ChatError('There is no turn to replace', { code: 'not-found' })
  }
  database
    .prepare(
      `insert into ragwire_turns (scope, run_id, v, thread_id, message_id, question, replaces, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(scope, runId, HISTORY_RECORD_VERSION, threadId, messageId, question, replaces, Date.now())
  touch(database, turn)
}

function finishTurn(database: SqliteDatabase, { result, ...key }: FinishedTurn): void {
  const turn = findTurn(database, key)
  if (!turn) throw new ChatError('The turn is not there any more', { code: 'not-found' })
  if (turn.isFinished) return
  const { position, replaces } = turn
  database.prepare('update ragwire_turns set result = ? where position = ?').run(encodeResult(result), position)
  const replaced =
    replaces === null || !takesPlace(result) ? undefined : findTurn(database, { ...key, runId: replaces })
  if (replaced) {
    database.prepare('delete from ragwire_turns where position = ?').run(replaced.position)
    database.prepare('update ragwire_turns set position = ? where position = ?').run(replaced.position, position)
  }
  touch(database, key)
}

function deleteThread(database: SqliteDatabase, { scope, threadId }: ThreadKey): boolean {
  database.prepare('delete from ragwire_turns where scope = ? and thread_id = ?').run(scope, threadId)
  const statement = database.prepare(
    'delete from ragwire_threads where scope = ? and thread_id = ? returning thread_id',
  )
  return statement.all(scope, threadId).length > 0
}

interface FoundTurn {
  readonly position: number
  readonly replaces: string | null
  readonly isFinished: boolean
}

function findTurn(
  database: SqliteDatabase,
  { scope, threadId, runId }: ThreadKey & { readonly runId: string },
): FoundTurn | undefined {
  const statement = database.prepare(
    `select position, replaces, result is not null as finished from ragwire_turns
    where scope = ? and thread_id = ? and run_id = ?`,
  )
  // As the statement names it. A connection may be set to give big integers.
  const row = statement.get(scope, threadId, runId) as
    | { readonly position: number | bigint; readonly replaces: string | null; readonly finished: number | bigint }
    | undefined
  if (!row) return undefined
  return { position: Number(row.position), replaces: row.replaces, isFinished: Number(row.finished) === 1 }
}

function touch(database: SqliteDatabase, { scope, threadId }: ThreadKey): void {
  database
    .prepare(
      `insert into ragwire_threads (scope, thread_id, touched, updated_at)
      values (?1, ?2, (select coalesce(max(touched), 0) + 1 from ragwire_threads where scope = ?1), ?3)
      on conflict (scope, thread_id) do update set touched = excluded.touched, updated_at = excluded.updated_at`,
    )
    .run(scope, threadId, Date.now())
}

const LOAD = `
select v, run_id, message_id, question, created_at, result from ragwire_turns
where scope = ? and thread_id = ? order by position desc limit ?`

const LIST = `
select thread_id, touched, updated_at,
  (select question from ragwire_turns t where t.scope = threads.scope and t.thread_id = threads.thread_id
    order by position limit 1) as title,
  (select count(*) from ragwire_turns t where t.scope = threads.scope and t.thread_id = threads.thread_id) as turns
from ragwire_threads threads where scope = ? and touched < ? order by touched desc limit ?`

interface TurnRow {
  readonly v: number | bigint
  readonly run_id: string
  readonly message_id: string
  readonly question: string
  readonly created_at: number | bigint
  readonly result: string | null
}

interface ThreadRow {
  readonly thread_id: string
  readonly touched: number | bigint
  readonly updated_at: number | bigint
  readonly title: string
  readonly turns: number | bigint
}

function toTurn(row: TurnRow, threadId: string): StoredTurn {
  if (Number(row.v) !== HISTORY_RECORD_VERSION) {
    throw new ChatError(`Cannot read a turn of version ${row.v}`, { code: 'store-unavailable', retryable: false })
  }
  return {
    v: HISTORY_RECORD_VERSION,
    threadId,
    runId: row.run_id,
    messageId: row.message_id,
    question: row.question,
    createdAt: Number(row.created_at),
    ...(row.result !== null && { result: decodeResult(row.result) }),
  }
}

function toSummary({ thread_id, title, turns, updated_at }: ThreadRow): ThreadSummary {
  return { threadId: thread_id, title, turns: Number(turns), updatedAt: Number(updated_at) }
}

// The most that a number can say exactly, for `Infinity`.
function finite(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER)
}
