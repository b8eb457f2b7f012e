import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { SQLITE, sqliteCodeOf } from './sqlite-code.ts'

/** Runs work while no other process does so for the same index. */
export type IndexLock = <T>(work: () => Promise<T>, options: LockOptions) => Promise<T>

/** The options of a call of {@link IndexLock}. */
export interface LockOptions {
  /** Ends the wait. */
  readonly signal: AbortSignal
  /** Called once if another process holds the lock. */
  onWait(): void
}

const RETRY_MS = 100

/**
 * Creates the lock from a database that is used for nothing else. The library does not queue two syncs of an index, so
 * that two processes would embed the same documents. SQLite releases the lock of a process that was killed.
 */
export function createIndexLock(database: DatabaseSync): IndexLock {
  return async (work, { signal, onWait }) => {
    for (let waits = 0; !tryBegin(database); waits += 1) {
      if (waits === 0) onWait()
      await wait(RETRY_MS, undefined, { signal })
    }
    try {
      return await work()
    } finally {
      // A command that was interrupted may have closed it.
      if (database.isOpen) database.exec('rollback')
    }
  }
}

/** The lock of an index that no other process can open. */
export const noIndexLock: IndexLock = (work) => work()

function tryBegin(database: DatabaseSync): boolean {
  try {
    database.exec('begin exclusive')
    return true
  } catch (thrown) {
    if (sqliteCodeOf(thrown) === SQLITE.busy) return false
    throw thrown
  }
}
