import type { Clock } from './clock.ts'
import { toChatError } from '../vocabulary/chat-error.ts'
import { delay } from './with-timeout.ts'

/** Options of {@link tryAgain}. */
export interface TryAgainOptions {
  /** Gives the time. */
  readonly clock: Clock
  /** Ends the pauses, too. */
  readonly signal: AbortSignal
  /** The pauses before the calls after the first one, in milliseconds. */
  readonly pausesMs: readonly number[]
}

/**
 * Calls a store, and calls it again when it fails at once as one that is away: its connection broke, and the call may
 * have come to pass or not. Only for calls that may be repeated.
 *
 * @throws the error of the last call
 */
export async function tryAgain<T>(call: () => Promise<T>, options: TryAgainOptions): Promise<T> {
  for (const ms of options.pausesMs) {
    try {
      return await call()
    } catch (thrown) {
      const { code, retryable } = toChatError(thrown, 'store-unavailable')
      if (code !== 'store-unavailable' || !retryable || options.signal.aborted) throw thrown
    }
    if (ms > 0) await delay(ms, options)
  }
  return call()
}
