import { systemClock } from '../core/async/clock.ts'

/** The default time limit of a wait in this kit, in milliseconds. */
export const DEFAULT_TIME_LIMIT_MS = 10_000

/**
 * Settles like `promise`, or rejects after `ms` with the text of `describe`, so that a missing event fails a test with
 * a clear message.
 */
export async function withinTimeLimit<T>(promise: Promise<T>, ms: number, describe: () => string): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>()
  const timer = systemClock.setTimeout(() => reject(new Error(`${describe()} within ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, limit])
  } finally {
    systemClock.clearTimeout(timer)
  }
}
