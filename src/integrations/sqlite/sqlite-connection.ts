import { delay } from '../../core/async/with-timeout.ts'
import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { migrateSqlite } from './sqlite-schema.ts'

/** A connection that waits for others without holding up the process. */
export interface SqliteConnection {
  /** Runs `work`, all of it or nothing. It must not wait for anything. */
  write<T>(work: (database: SqliteDatabase) => T, options: StoreCallOptions): Promise<T>
  read<T>(work: (database: SqliteDatabase) => T, options: StoreCallOptions): Promise<T>
}

/** How long a {@link SqliteConnection} waits for others. */
export interface SqliteConnectionOptions {
  readonly busyMs: number
  readonly clock: Clock
}

const FIRST_WAIT_MS = 1
const LONGEST_WAIT_MS = 50

/** Takes over a connection. It is set up, and its tables are made, when it is first used. */
export function createSqliteConnection(
  database: SqliteDatabase,
  { busyMs, clock }: SqliteConnectionOptions,
): SqliteConnection {
  let isOpen = false

  function open(): void {
    if (isOpen) return
    database.exec(SETTINGS)
    transact(() => migrateSqlite(database))
    isOpen = true
  }

  function transact<T>(work: () => T): T {
    // A lock from the start: one that is asked for in the middle could be refused when half is done.
    database.exec('begin immediate')
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
      // SQLite has rolled back by itself, as it does when the disk is full; what went wrong is thrown already.
    }
  }

  async function retry<T>(work: () => T, signal: AbortSignal): Promise<T> {
    const giveUpAt = clock.now() + busyMs
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      signal.throwIfAborted()
      try {
        open()
        return work()
      } catch (thrown) {
        if (!isBusy(thrown)) throw thrown
        if (clock.now() + waitMs > giveUpAt) throw locked(busyMs, thrown)
      }
      await delay(waitMs, { clock, signal })
    }
  }

  return {
    write: (work, { signal }) => retry(() => transact(() => work(database)), signal),
    read: (work, { signal }) => retry(() => work(database), signal),
  }
}

// A wait inside SQLite would hold up everything else in the process, so it is told not to wait. FULL, because the
// default of WAL may lose what was acknowledged when the power fails.
const SETTINGS = `
pragma busy_timeout = 0;
pragma journal_mode = wal;
pragma synchronous = full;`

const SQLITE_BUSY = 5

/** True if somebody else has the database locked: `node:sqlite` says so with a number, better-sqlite3 with a word. */
function isBusy(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false
  // The low byte is the code, the rest says more of the reason.
  if ('errcode' in thrown && typeof thrown.errcode === 'number') return (thrown.errcode & 0xff) === SQLITE_BUSY
  return 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('SQLITE_BUSY')
}

function locked(busyMs: number, cause: unknown): ChatError {
  return new ChatError(`The database was locked by another writer for ${busyMs} ms (busyMs)`, {
    code: 'store-conflict',
    cause,
  })
}
