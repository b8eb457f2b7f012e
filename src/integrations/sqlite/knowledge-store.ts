import { systemClock, type Clock } from '../../core/async/clock.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { expectChange } from '../../knowledge/store/check-change.ts'
import type { KnowledgeStore, StoreCall } from '../../knowledge/store/knowledge-store.ts'
import { expectFilter } from '../../knowledge/store/metadata-filter.ts'
import type { SqliteDatabase } from './client.ts'
import { createSqliteConnection } from './connection.ts'
import { applyChange, prepareChange } from './knowledge-commit.ts'
import { isCorrupt, REPLACE, withAdvice } from './knowledge-damage.ts'
import { createDocumentFilters } from './knowledge-filter.ts'
import { inspectIndex } from './knowledge-inspect.ts'
import { readDocument, readIndexRow, readManifest, toState } from './knowledge-records.ts'
import { INDEX_TABLES } from './knowledge-schema.ts'
import { createSql } from './knowledge-sql.ts'
import { searchTerms } from './knowledge-terms.ts'
import { createVectorCache } from './knowledge-vector-cache.ts'
import { searchVectors } from './knowledge-vectors.ts'

/** The options of {@link sqliteKnowledgeStore}. */
export interface SqliteKnowledgeStoreOptions {
  /**
   * A connection: a `DatabaseSync` of `node:sqlite`, or one of better-sqlite3. You open and close it. The store sets
   * `busy_timeout` 0, `journal_mode` WAL and `synchronous` FULL on it, and creates its tables. The file may also hold
   * the history of `sqliteHistoryStore`.
   */
  readonly database: SqliteDatabase
  /** Maximum wait for another connection that writes, in milliseconds. @defaultValue 3,000 */
  readonly busyMs?: number | undefined
  /**
   * Maximum size of the packed vectors that stay in memory between searches, in bytes. The scopes of the oldest searches
   * are dropped first, and are read again when they are searched. A vector takes a byte for each dimension and 8 bytes.
   * The scopes of one search are always held together. `Infinity` for no limit. @defaultValue 256 MiB
   */
  readonly maxVectorBytes?: number | undefined
  /** Measures `busyMs`; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<SqliteKnowledgeStoreOptions> = {
  database: true,
  busyMs: true,
  maxVectorBytes: true,
  clock: true,
}

/**
 * Creates a {@link KnowledgeStore} in a SQLite file, for the processes of one machine. A commit that has resolved survives
 * a crash of the process and of the machine, and every later search sees it, also in another process. Text and vectors
 * stay in the file; memory holds only the packed vectors of searched scopes.
 *
 * The calls of SQLite are synchronous. A commit of an indexing, of about 500 chunks, blocks the event loop for some hundred
 * milliseconds, and a search for some milliseconds. A call that finds the database locked for `busyMs` fails with `store-conflict` and
 * changes nothing.
 *
 * @throws TypeError or RangeError when an option is invalid
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqliteKnowledgeStore } from 'ragwire/sqlite'
 * const store = sqliteKnowledgeStore({ database: new DatabaseSync('knowledge.db') })
 * ```
 */
export function sqliteKnowledgeStore(options: SqliteKnowledgeStoreOptions): KnowledgeStore {
  expectOptions(options, OPTIONS, { of: 'sqliteKnowledgeStore' })
  const { database } = options
  expectMethods('database', database, 'a connection such as new DatabaseSync(path)', ['exec', 'prepare'])
  const connection = createSqliteConnection(database, {
    busyMs: durationOption('busyMs', options.busyMs, 3_000),
    clock: clockOption('clock', options.clock, systemClock),
    tables: INDEX_TABLES,
  })
  const sql = createSql(database)
  const filters = createDocumentFilters(sql)
  const cache = createVectorCache(sql, countOption('maxVectorBytes', options.maxVectorBytes, 256 * 1024 * 1024))

  async function read<T>({ signal }: StoreCall, work: () => T): Promise<T> {
    try {
      return await connection.snapshot(work, { signal })
    } catch (thrown) {
      throw withAdvice(thrown, 'read')
    }
  }

  return {
    state: (call) => read(call, () => toState(readIndexRow(sql))),
    manifest: (page, call) => read(call, () => readManifest(sql, page)),
    document: (key, call) => read(call, () => readDocument(sql, key)),
    async commit(change, { signal }) {
      signal.throwIfAborted()
      expectChange(change)
      const prepared = prepareChange(change)
      try {
        return await connection.write(() => applyChange(sql, prepared), { signal })
      } catch (thrown) {
        throw withAdvice(thrown, 'write')
      }
    },
    async searchTerms(search, call) {
      const filter = expectFilter(search.filter)
      return read(call, () => searchTerms(sql, filters, { ...search, filter }))
    },
    async searchVectors(search, call) {
      const filter = expectFilter(search.filter)
      return read(call, () => searchVectors(sql, { cache, filters }, { ...search, filter }))
    },
    async inspect({ signal }) {
      try {
        return await connection.snapshot(() => inspectIndex(sql), { signal })
      } catch (thrown) {
        if (isCorrupt(thrown)) return [`SQLite cannot read the file: ${thrown.message}. ${REPLACE}`]
        throw withAdvice(thrown, 'read')
      }
    },
  }
}
