import { delay } from '../../core/async/with-timeout.ts'
import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import type { SqliteDatabase } from './client.ts'
import { isMigrated, migrateSqlite, type SqliteTables } from './migrations.ts'

/** A connection that waits for locks without blocking the event loop. */
export interface SqliteConnection {
  /** Runs `work` in a transaction. `work` must be synchronous. */
  write<T>(work: (database: SqliteDatabase) => T, options: StoreCallOptions): Promise<T>
  /** Runs `work` without a transaction. `work` must be synchronous. */
  read<T>(work: (database: SqliteDatabase) => T, options: StoreCallOptions): Promise<T>
  /** Runs `work`, which only reads, in a transaction: all of its statements see the same state. It must be synchronous. */
  snapshot<T>(work: (database: SqliteDatabase) => T, options: StoreCallOptions): Promise<T>
}

/** The options of {@link createSqliteConnection}. */
export interface SqliteConnectionOptions {
  /** Maximum wait for a lock, in milliseconds. */
  readonly busyMs: number
  /** Measures the wait. */
  readonly clock: Clock
  /** The tables to create. */
  readonly tables: SqliteTables
}

const FIRST_WAIT_MS = 1
const LONGEST_WAIT_MS = 50

/** Wraps a connection. The first use applies the settings and creates the tables. */
export function createSqliteConnection(
  database: SqliteDatabase,
  { busyMs, clock, tables }: SqliteConnectionOptions,
): SqliteConnection {
  let isReady = false

  function setUp(): void {
    if (isReady) return
    database.exec(SETTINGS)
    if (!isMigrated(database, tables)) transact('begin immediate', () => migrateSqlite(database, tables))
    isReady = true
  }

  // `begin immediate` takes the write lock at the start: taking it later could fail in the middle of the transaction.
  function transact<T>(begin: 'begin' | 'begin immediate', work: () => T): T {
    database.exec(begin)
    try {
      const value = work()
      database.exec('commit')
      return value
    } catch (thrown) {
      rollBack()
      throw thrown
    }
  }

  function rollBack(): void {
    try {
      database.exec('rollback')
    } catch {
      // SQLite has already rolled back, for example because the disk is full. The caller throws the first error.
    }
  }

  async function retry<T>(work: () => T, signal: AbortSignal): Promise<T> {
    const giveUpAt = clock.now() + busyMs
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      signal.throwIfAborted()
      try {
        setUp()
        return work()
      } catch (thrown) {
        if (!isBusy(thrown)) throw thrown
        if (clock.now() + waitMs > giveUpAt) throw locked(busyMs, thrown)
      }
      await delay(waitMs, { clock, signal })
    }
  }

  return {
    write: (work, { signal }) => retry(() => transact('begin immediate', () => work(database)), signal),
    read: (work, { signal }) => retry(() => work(database), signal),
    snapshot: (work, { signal }) => retry(() => transact('begin', () => work(database)), signal),
  }
}

// A wait inside SQLite would block the event loop, hence `busy_timeout` 0. FULL, because the default of WAL may lose
// acknowledged writes when the power fails.
const SETTINGS = `
pragma busy_timeout = 0;
pragma journal_mode = wal;
pragma synchronous = full;`

const SQLITE_BUSY = 5

/** Returns true if another connection holds the lock: `node:sqlite` reports a number, better-sqlite3 a string. */
function isBusy(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false
  // The low byte is the primary code; the other bytes extend it.
  if ('errcode' in thrown && typeof thrown.errcode === 'number') return (thrown.errcode & 0xff) === SQLITE_BUSY
  return 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('SQLITE_BUSY')
}

function locked(busyMs: number, cause: unknown): ChatError {
  return new ChatError(`The database was locked by another writer for ${busyMs} ms (busyMs)`, {
    code: 'store-conflict',
    cause,
  })
}
