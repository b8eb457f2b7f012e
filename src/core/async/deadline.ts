import type { Clock } from './clock.ts'

// Beyond this, timers of today's runtimes wrap around and fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A moment after which something has taken too long. */
export interface Deadline {
  /** Moves it to `ms` from now; `Infinity` means never. */
  set(ms: number): void
  /** Stops counting until the next {@link Deadline.set}. */
  clear(): void
  /** Milliseconds that are left; `Infinity` while nothing counts. */
  remaining(): number
  /** Gives the timer back: call it in a `finally`. */
  dispose(): void
}

/**
 * Calls `onExpire` when the deadline passes. Moving the deadline costs no timer: one that fires too
 * early looks at the clock and sleeps again, so that a deadline can be moved for every token.
 */
export function createDeadline(onExpire: () => void, clock: Clock): Deadline {
  let expiresAt = Infinity
  let timer: unknown
  let timerAt = Infinity

  function arm(ms: number): void {
    const delay = Math.min(ms, LONGEST_TIMER_MS)
    timerAt = clock.now() + delay
    timer = clock.setTimeout(wake, delay)
  }

  function disarm(): void {
    if (timerAt !== Infinity) clock.clearTimeout(timer)
    timerAt = Infinity
  }

  function wake(): void {
    timerAt = Infinity
    if (expiresAt === Infinity) return
    const left = expiresAt - clock.now()
    if (left > 0) return arm(left)
    expiresAt = Infinity
    onExpire()
  }

  return {
    set(ms) {
      expiresAt = clock.now() + ms
      if (expiresAt >= timerAt) return
      disarm()
      arm(ms)
    },
    clear() {
      expiresAt = Infinity
    },
    remaining: () => expiresAt - clock.now(),
    dispose() {
      expiresAt = Infinity
      disarm()
    },
  }
}
