import { linkSignal } from '../core/async/link-signal.ts'
import { clientError } from './client-error.ts'

/** Above this, timers of current runtimes overflow and fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Waits for a promise. Rejects as `unreachable` when `ms` milliseconds have passed, and with the reason of `signal` when
 * it fires.
 */
export function inTime<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const { promise: settled, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => reject(clientError('unreachable')), Math.min(ms, LONGEST_TIMER_MS))
  const unlink = linkSignal(signal, reject)
  promise.then(resolve, reject)
  return settled.finally(() => {
    clearTimeout(timer)
    unlink()
  })
}
