import type { Clock } from '../../core/async/clock.ts'

/** Stops that came before their run. */
export interface Tombstones {
  add(key: string): void
  /** Tells whether there is one, and forgets it. */
  take(key: string): boolean
}

const KEEP_MS = 60_000

// Whoever may stop a run may make up ids, too.
const MAX_TOMBSTONES = 10_000

/** Creates an empty list of stops; each is kept for a minute. */
export function createTombstones(clock: Clock): Tombstones {
  // In the order in which they run out.
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
