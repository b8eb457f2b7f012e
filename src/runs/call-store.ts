import { withTimeout } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { ChatError, toChatError } from '../core/vocabulary/chat-error.ts'

/** How long a call to a store may take. */
export interface StoreLimits {
  /** In milliseconds. */
  readonly storeMs: number
  readonly clock: Clock
}

/**
 * Calls a store, and rejects in time whatever the store does. Without a signal nothing but the time ends the call: what
 * has begun there should come to its end.
 *
 * @throws ChatError `store-unavailable` for whatever the store throws that is none; the signal's reason when it fires
 */
export async function callStore<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { storeMs, clock }: StoreLimits,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const onTimeout = (): ChatError =>
    new ChatError(`The store did not answer within ${storeMs} ms (storeMs)`, { code: 'store-unavailable' })
  try {
    return await withTimeout(work, { ms: storeMs, clock, signal, onTimeout })
  } catch (thrown) {
    signal.throwIfAborted()
    throw toChatError(thrown, 'store-unavailable')
  }
}
