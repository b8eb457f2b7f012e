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
export async function withTimeout<T>(work: (signal: AbortSignal) => Promise<T>, options: TimeoutOptions): Promise<T> {
  options.signal?.throwIfAborted()
  const controller = new AbortController()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const stop = (reason: unknown): void => {
    controller.abort(reason)
    reject(reason)
  }
  const unlink = linkSignal(options.signal, stop)
  const deadline = createDeadline(() => stop(options.onTimeout()), options.clock)
  try {
    deadline.set(options.ms)
    work(controller.signal).then(resolve, reject)
    return await promise
  } finally {
    deadline.dispose()
    unlink()
  }
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
