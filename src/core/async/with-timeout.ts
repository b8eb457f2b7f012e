import type { Clock } from './clock.ts'
import { untilAborted } from './abortable.ts'
import { createDeadline } from './deadline.ts'
import { linkSignal } from './link-signal.ts'

/** Options of {@link withTimeout}. */
export interface TimeoutOptions {
  /** Time for the work, in milliseconds. */
  readonly ms: number
  /** Gives the time. */
  readonly clock: Clock
  /** The outer signal, if there is one; if it fires, the wait ends with its reason. */
  readonly signal: AbortSignal | undefined
  /** Makes the error of a timeout. */
  readonly onTimeout: () => Error
}

/**
 * Runs `work` with a new signal that fires with the outer signal or when the time is up. Rejects at that moment, even
 * if `work` ignores its signal.
 */
export function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, clock, signal, onTimeout }: TimeoutOptions,
): Promise<T> {
  // Without `async`, because an answer has several limits, and this takes half the promises.
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const controller = new AbortController()
    const stop = (reason: unknown): void => {
      controller.abort(reason)
      fail(reason)
    }
    const unlink = linkSignal(signal, stop)
    const deadline = createDeadline(() => stop(onTimeout()), clock)
    const finish = (): void => {
      deadline.dispose()
      unlink()
    }
    const fail = (reason: unknown): void => {
      finish()
      reject(reason)
    }
    deadline.set(ms)
    try {
      work(controller.signal).then((value) => {
        finish()
        resolve(value)
      }, fail)
    } catch (thrown) {
      fail(thrown)
    }
  })
}

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it fires. */
export async function delay(
  ms: number,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { promise: elapsed, resolve } = Promise.withResolvers<void>()
  const deadline = createDeadline(resolve, options.clock)
  try {
    deadline.set(ms)
    await untilAborted(elapsed, options.signal)
  } finally {
    deadline.dispose()
  }
}
