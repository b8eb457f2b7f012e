import { systemClock } from '../core/async/clock.ts'

/** How long a wait of this kit may take before it fails, in milliseconds. */
export const DEFAULT_TIME_LIMIT_MS = 10_000

/** Settles like `promise`, or rejects after `ms` with what `describe` says then: a lost event fails a test by name. */
export async function withinTimeLimit<T>(promise: Promise<T>, ms: number, describe: () => string): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>()
  const timer = systemClock.setTimeout(() => reject(new Error(`${describe()} within ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, limit])
  } finally {
    systemClock.clearTimeout(timer)
  }
}
