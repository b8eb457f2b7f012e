import type { Clock } from '../core/async/clock.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'

// Node turns a longer delay into 1 ms, so code that uses one fails with the real clock.
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** A {@link Clock} that stands still until it is advanced. */
export interface ManualClock extends Clock {
  /**
   * Advances time by `ms`. Runs every timer that is due, in order of time and then of creation, including those
   * created meanwhile; between two timers, everything that is ready to run runs first.
   */
  advance(ms: number): Promise<void>
  /** The number of set timers. */
  readonly pending: number
}

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/**
 * Creates a clock whose time is 0 until {@link ManualClock.advance} moves it.
 *
 * @example
 * ```ts
 * import { manualClock } from 'ragwire/testing'
 * const clock = manualClock()
 * clock.setTimeout(() => console.log('due'), 30_000)
 * await clock.advance(30_000)
 * ```
 */
export function manualClock(): ManualClock {
  let now = 0
  let lastId = 0
  const timers = new Map<unknown, Timer>()

  /**
   * Returns the first timer that is due. The sort is stable, so timers of equal time keep the order of their creation.
   */
  const nextDue = (until: number) =>
    [...timers].filter(([, timer]) => timer.due <= until).toSorted(([, a], [, b]) => a.due - b.due)[0]

  return {
    now: () => now,
    setTimeout(callback, ms) {
      if (!(ms <= LONGEST_DELAY_MS))
        throw new RangeError(
          `Cannot wait ${ms} ms: a real timer would fire at once; use at most ${LONGEST_DELAY_MS} ms`,
        )
      const id = ++lastId
      timers.set(id, { due: now + Math.max(0, ms), callback })
      return id
    },
    clearTimeout(timer) {
      timers.delete(timer)
    },
    async advance(ms) {
      const until = now + ms
      await nextTurn()
      for (let next = nextDue(until); next; next = nextDue(until)) {
        const [id, timer] = next
        timers.delete(id)
        now = timer.due
        timer.callback()
        await nextTurn()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}
