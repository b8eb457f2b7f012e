import type { Clock } from '../../core/async/clock.ts'

/** Stop requests of runs that have not begun. */
export interface Tombstones {
  /** Adds a stop request. */
  add(key: string): void
  /** Removes a stop request; returns false if there was none. */
  take(key: string): boolean
}

const KEEP_MS = 60_000

// Bounded, because a client may request stops for any number of made-up ids.
const MAX_TOMBSTONES = 10_000

/** Creates an empty list of stop requests; each is stored for one minute. */
export function createTombstones(clock: Clock): Tombstones {
  // In the order in which they expire.
  const untilOf = new Map<string, number>()

  function trim(): void {
    for (const [key, until] of untilOf) {
      if (clock.now() < until && untilOf.size <= MAX_TOMBSTONES) return
      untilOf.delete(key)
    }
  }

  return {
    add(key) {
      untilOf.delete(key)
      untilOf.set(key, clock.now() + KEEP_MS)
      trim()
    },
    take(key) {
      trim()
      return untilOf.delete(key)
    },
  }
}
