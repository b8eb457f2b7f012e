import type { Clock } from './clock.ts'

// Above this, timers of current runtimes overflow and fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A time limit that can be moved. */
export interface Deadline {
  /** Moves it to `ms` from now; `Infinity` means never. */
  set(ms: number): void
  /** Stops counting until the next {@link Deadline.set}. */
  clear(): void
  /** Milliseconds that are left; `Infinity` while nothing counts. */
  remaining(): number
  /** Clears the timer: call it in a `finally`. */
  dispose(): void
}

/**
 * Calls `onExpire` when the deadline passes. Moving the deadline to a later time needs no new timer: if the timer fires
 * too early, it is set again. So a deadline can be moved for every token.
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
