import { untilAborted } from '../core/async/abortable.ts'
import type { Clock } from '../core/async/clock.ts'
import { createDeadline } from '../core/async/deadline.ts'
import { listen } from './listen.ts'

const FIRST_MS = 250
const MOST_MS = 8_000

/** The options of {@link waitToReconnect}. */
export interface BackoffOptions {
  /** Number of attempts that have failed since the last progress, from 0. */
  readonly failures: number
  /** Time that the server asked for, in milliseconds. */
  readonly atLeastMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** Ends the wait. */
  readonly signal: AbortSignal
}

/**
 * Waits before the next attempt to connect: a random time below a limit that doubles with each failure ("full jitter"),
 * so that the clients of a server that restarts do not return all at once. It ends early when the device is online
 * again.
 */
export async function waitToReconnect({ failures, atLeastMs, clock, signal }: BackoffOptions): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const deadline = createDeadline(resolve, clock)
  deadline.set(atLeastMs + Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** failures))
  const unlisten = listen('online', resolve)
  try {
    await untilAborted(promise, signal)
  } finally {
    deadline.dispose()
    unlisten()
  }
}
