import { systemClock, type Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { HISTORY_RECORD_VERSION, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { HistoryStore, StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { pageOfThreads, type ListedThread } from '../../core/text/thread-page.ts'
import { encodeFeedback, readFeedback, toSetFeedbackOutcome } from '../../records/stored-feedback.ts'
import { readResult } from '../../records/stored-result.ts'
import type { SqliteDatabase } from './client.ts'
import { createSqliteConnection } from './connection.ts'
import {
  beginTurn,
  deleteThread,
  findTurn,
  finishTurn,
  listThreads,
  loadTurns,
  renameThread,
  setFeedback,
  type ThreadRow,
  type TurnRow,
} from './history-commands.ts'
import { HISTORY_TABLES } from './schema.ts'

/** The options of {@link sqliteHistoryStore}. */
export interface SqliteHistoryStoreOptions {
  /**
   * A connection for this store alone: a `DatabaseSync` of `node:sqlite`, or one of better-sqlite3. You open and close
   * it. The store sets `busy_timeout` 0, `journal_mode` WAL and `synchronous` FULL on it, and creates its tables.
   */
  readonly database: SqliteDatabase
  /** Maximum wait for another connection that writes, in milliseconds. @defaultValue 3,000 */
  readonly busyMs?: number | undefined
  /** Measures `busyMs`; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<SqliteHistoryStoreOptions> = { database: true, busyMs: true, clock: true }

/**
 * Creates a {@link HistoryStore} in a SQLite file, for one server. Acknowledged writes survive a crash of the process
 * and of the machine. Threads are kept until they are deleted. A call that finds the database locked for `busyMs` fails
 * with `store-conflict` and changes nothing.
 *
 * @throws TypeError or RangeError when an option is invalid
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
    busyMs: durationOption('busyMs', options.busyMs, 3_000),
    clock: clockOption('clock', options.clock, systemClock),
    tables: HISTORY_TABLES,
  })

  return {
    beginTurn: (turn, options) => connection.write((database) => beginTurn(database, turn), options),
    finishTurn: (turn, options) => connection.write((database) => finishTurn(database, turn), options),
    async load(thread, { limit, signal, onError }) {
      const rows = await connection.read((database) => loadTurns(database, thread, limit), { signal })
      return rows.map((row) => toTurn(row, onError)).toReversed()
    },
    async find(run, { signal, onError }) {
      const row = await connection.read((database) => findTurn(database, run), { signal })
      return row && toTurn(row, onError)
    },
    list: (scope, { limit, before, search, signal }) =>
      pageOfThreads(
        async (page) => {
          // An invalid cursor ends the listing: starting over would make the client page forever.
          if (page.before !== undefined && !/^\d{1,15}$/.test(page.before)) return []
          const start = { limit: page.limit, ...(page.before !== undefined && { before: Number(page.before) }) }
          return (await connection.read((database) => listThreads(database, scope, start), { signal })).map(toListed)
        },
        { limit, before, search },
      ),
    delete: (thread, options) => connection.write((database) => deleteThread(database, thread), options),
    rename: (thread, options) => connection.write((database) => renameThread(database, thread, options.title), options),
    async setFeedback(run, { feedback, signal, onError }) {
      const record = feedback ? encodeFeedback(feedback) : null
      const changed = await connection.write((database) => setFeedback(database, run, record), { signal })
      return changed && toSetFeedbackOutcome(toTurn(changed.row, onError), changed.earlier)
    },
  }
}

function toTurn(row: TurnRow, onError: StoreCallOptions['onError']): StoredTurn {
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
    ...readFeedback(row.feedback, onError),
  }
}

function toListed({ thread_id, title, turns, updated_at, touched }: ThreadRow): ListedThread {
  return {
    threadId: thread_id,
    title,
    turns: Number(turns),
    updatedAt: Number(updated_at),
    cursor: String(touched),
  }
}
