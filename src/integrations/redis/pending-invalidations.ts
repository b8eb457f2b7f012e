import type { Clock } from '../../core/async/clock.ts'

/** An attempt to invalidate a key. */
export interface Attempt {
  /** Call it when the attempt succeeds, even late. It also settles attempts that failed before this one began. */
  succeed(): void
  /** Call it when the attempt fails or times out. The invalidation is pending until a later attempt succeeds. */
  fail(): void
}

/** The keys whose invalidation may not have reached Redis. */
export interface PendingInvalidations {
  /** Begins an attempt to invalidate a key. */
  begin(key: string): Attempt
  /** Returns true if the key must be invalidated before its entry is trusted. */
  has(key: string): boolean
}

/** Creates an empty list of pending invalidations, which expire after `keepMs`. */
export function createPendingInvalidations({
  keepMs,
  clock,
}: {
  readonly keepMs: number
  readonly clock: Clock
}): PendingInvalidations {
  // In the order in which they expire.
  const pending = new Map<string, { readonly begun: number; readonly until: number }>()
  let attempts = 0

  function removeExpired(): void {
    for (const [key, { until }] of pending) {
      if (clock.now() < until) return
      pending.delete(key)
    }
  }

  return {
    begin(key) {
      const begun = (attempts += 1)
      return {
        succeed() {
          if ((pending.get(key)?.begun ?? Infinity) <= begun) pending.delete(key)
        },
        fail() {
          pending.delete(key)
          pending.set(key, { begun, until: clock.now() + keepMs })
          removeExpired()
        },
      }
    },
    has(key) {
      removeExpired()
      return pending.has(key)
    },
  }
}
