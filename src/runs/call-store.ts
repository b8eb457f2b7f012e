import { withTimeout } from '../core/async/with-timeout.ts'
import type { Clock } from '../core/async/clock.ts'
import { ChatError, toChatError } from '../core/vocabulary/chat-error.ts'

/** The time limit of calls to a store. */
export interface StoreLimits {
  /** Maximum duration of one call, in milliseconds. */
  readonly storeMs: number
  /** Measures the time limit. */
  readonly clock: Clock
}

/**
 * Calls a store under a time limit. Omit `signal` for a write that should complete: then only the time limit ends the
 * call.
 *
 * @throws ChatError `store-unavailable` on a timeout and for errors that are no `ChatError`; the reason of `signal`
 * when it fires
 */
export function callStore<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { storeMs, clock }: StoreLimits,
  signal?: AbortSignal,
): Promise<T> {
  const onTimeout = (): ChatError =>
    new ChatError(`The store did not answer within ${storeMs} ms (storeMs)`, { code: 'store-unavailable' })
  return withTimeout(work, { ms: storeMs, clock, signal, onTimeout }).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    throw toChatError(thrown, 'store-unavailable')
  })
}
