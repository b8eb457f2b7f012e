import type { Clock } from './clock.ts'
import { toChatError } from '../vocabulary/chat-error.ts'
import { delay } from './with-timeout.ts'

/** Options of {@link tryAgain}. */
export interface TryAgainOptions {
  /** Gives the time. */
  readonly clock: Clock
  /** Ends the pauses. */
  readonly signal: AbortSignal
  /** The pauses before the second and each later call, in milliseconds. */
  readonly pausesMs: readonly number[]
}

/**
 * Calls a store, and retries if it is unavailable. A failed call may have been carried out, so use it only for calls
 * that may be repeated.
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
