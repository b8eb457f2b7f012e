import { systemClock, type Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import {
  HISTORY_RECORD_VERSION,
  takesPlace,
  type FinishedTurn,
  type HistoryStore,
  type NewTurn,
  type StoreCallOptions,
  type StoredTurn,
  type ThreadKey,
  type ThreadSummary,
  type FinishTurnOutcome,
} from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectClock, expectDuration, expectMethods } from '../../core/options/validate.ts'
import { encodeResult, finishTurnOutcome, readResult } from '../../records/stored-result.ts'
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
    load({ scope, threadId }, options) {
      const load = (database: SqliteDatabase): readonly StoredTurn[] => {
        // As the statement names them.
        const rows = database.prepare(LOAD).all(scope, threadId, finite(options.limit)) as readonly TurnRow[]
        return rows.map((row) => toTurn(row, options)).toReversed()
      }
      return connection.read(load, options)
    },
    find({ scope, runId }, options) {
      const find = (database: SqliteDatabase): StoredTurn | undefined => {
        // As the statement names it.
        const row = database.prepare(FIND).get(scope, runId) as TurnRow | undefined
        return row && toTurn(row, options)
      }
      return connection.read(find, options)
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
  const { scope, threadId, runId, messageId, question } = turn
  // As the statement names it.
  const known = database
    .prepare('select thread_id from ragwire_turns where scope = ? and run_id = ?')
    .get(scope, runId) as { readonly thread_id: string } | undefined
  if (known?.thread_id === threadId) return
  if (known) throw new ChatError('The run belongs to another thread', { code: 'store-conflict' })
  const replaces = turn.replaces === undefined ? null : runToReplace(database, { ...turn, runId: turn.replaces })
  database
    .prepare(
      `insert into ragwire_turns (scope, run_id, v, thread_id, message_id, question, replaces, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(scope, runId, HISTORY_RECORD_VERSION, threadId, messageId, question, replaces, Date.now())
  touch(database, turn)
}

/** The run itself, or the run that its failed attempt was to replace. */
function runToReplace(database: SqliteDatabase, named: RunInThread): string {
  const turn = findTurn(database, named)
  if (!turn) throw new ChatError('The turn to replace does not exist', { code: 'not-found' })
  const { replaces } = turn
  return replaces !== null && findTurn(database, { ...named, runId: replaces }) ? replaces : named.runId
}

function finishTurn(database: SqliteDatabase, { result, ...key }: FinishedTurn): FinishTurnOutcome {
  const record = encodeResult(result)
  const turn = findTurn(database, key)
  if (!turn) throw new ChatError('The turn no longer exists: its thread was deleted', { code: 'not-found' })
  if (turn.result !== null) return finishTurnOutcome(record, turn.result)
  const { position, replaces } = turn
  database.prepare('update ragwire_turns set result = ? where position = ?').run(record, position)
  if (replaces !== null && takesPlace(result)) takePlace(database, { ...key, position, replaces })
  touch(database, key)
  return { kept: 'this' }
}

/** Puts a turn in the place of another one, and deletes the failed attempts to replace it. */
function takePlace(
  database: SqliteDatabase,
  { position, replaces, ...key }: RunInThread & { readonly position: number; readonly replaces: string },
): void {
  const replaced = findTurn(database, { ...key, runId: replaces })
  if (!replaced) return
  database
    .prepare(
      `delete from ragwire_turns where scope = ? and thread_id = ? and position <> ?
      and (run_id = ? or (replaces = ? and result is not null))`,
    )
    .run(key.scope, key.threadId, position, replaces, replaces)
  database.prepare('update ragwire_turns set position = ? where position = ?').run(replaced.position, position)
}

function deleteThread(database: SqliteDatabase, { scope, threadId }: ThreadKey): boolean {
  database.prepare('delete from ragwire_turns where scope = ? and thread_id = ?').run(scope, threadId)
  const statement = database.prepare(
    'delete from ragwire_threads where scope = ? and thread_id = ? returning thread_id',
  )
  return statement.all(scope, threadId).length > 0
}

interface RunInThread extends ThreadKey {
  readonly runId: string
}

interface FoundTurn {
  readonly position: number
  readonly replaces: string | null
  readonly result: string | null
}

function findTurn(database: SqliteDatabase, { scope, threadId, runId }: RunInThread): FoundTurn | undefined {
  const statement = database.prepare(
    `select position, replaces, result from ragwire_turns where scope = ? and thread_id = ? and run_id = ?`,
  )
  // As the statement names it. A connection may be set to give big integers.
  const row = statement.get(scope, threadId, runId) as
    | (Omit<FoundTurn, 'position'> & { readonly position: number | bigint })
    | undefined
  return row && { ...row, position: Number(row.position) }
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

const TURN = 'v, thread_id, run_id, message_id, question, replaces, created_at, result'

const LOAD = `
select ${TURN} from ragwire_turns where scope = ? and thread_id = ? order by position desc limit ?`

const FIND = `select ${TURN} from ragwire_turns where scope = ? and run_id = ?`

const LIST = `
select thread_id, touched, updated_at,
  (select question from ragwire_turns t where t.scope = threads.scope and t.thread_id = threads.thread_id
    order by position limit 1) as title,
  (select count(*) from ragwire_turns t where t.scope = threads.scope and t.thread_id = threads.thread_id) as turns
from ragwire_threads threads where scope = ? and touched < ? order by touched desc limit ?`

interface TurnRow {
  readonly v: number | bigint
  readonly thread_id: string
  readonly run_id: string
  readonly message_id: string
  readonly question: string
  readonly replaces: string | null
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

function toTurn(row: TurnRow, { onError }: StoreCallOptions): StoredTurn {
  if (Number(row.v) !== HISTORY_RECORD_VERSION) {
    throw new ChatError(`Cannot read a turn of version ${row.v}`, { code: 'store-unavailable', retryable: false })
  }
  return {
    v: HISTORY_RECORD_VERSION,
    threadId: row.thread_id,
    runId: row.run_id,
    messageId: row.message_id,
    question: row.question,
    createdAt: Number(row.created_at),
    ...(row.replaces !== null && { replaces: row.replaces }),
    ...readResult(row.result, onError),
  }
}

function toSummary({ thread_id, title, turns, updated_at }: ThreadRow): ThreadSummary {
  return { threadId: thread_id, title, turns: Number(turns), updatedAt: Number(updated_at) }
}

// The most that a number can say exactly, for `Infinity`.
function finite(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER)
}
