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

/** A deadline with its state. Its functions are shared: an answer has several deadlines, and closures of each cost more. */
interface CountingDeadline extends Deadline {
  readonly onExpire: () => void
  readonly clock: Clock
  expiresAt: number
  timer: unknown
  timerAt: number
}

/**
 * Calls `onExpire` when the deadline passes. Moving the deadline to a later time needs no new timer: if the timer fires
 * too early, it is set again. So a deadline can be moved for every token.
 */
export function createDeadline(onExpire: () => void, clock: Clock): Deadline {
  const deadline: CountingDeadline = {
    onExpire,
    clock,
    expiresAt: Infinity,
    timer: undefined,
    timerAt: Infinity,
    set,
    clear,
    remaining,
    dispose,
  }
  return deadline
}

function set(this: CountingDeadline, ms: number): void {
  const now = this.clock.now()
  this.expiresAt = now + ms
  if (this.expiresAt >= this.timerAt) return
  disarm(this)
  arm(this, ms, now)
}

function clear(this: CountingDeadline): void {
  this.expiresAt = Infinity
}

function remaining(this: CountingDeadline): number {
  return this.expiresAt - this.clock.now()
}

function dispose(this: CountingDeadline): void {
  this.expiresAt = Infinity
  disarm(this)
}

function arm(deadline: CountingDeadline, ms: number, now: number): void {
  const delay = Math.min(ms, LONGEST_TIMER_MS)
  deadline.timerAt = now + delay
  deadline.timer = deadline.clock.setTimeout(() => wake(deadline), delay)
}

function disarm(deadline: CountingDeadline): void {
  if (deadline.timerAt !== Infinity) deadline.clock.clearTimeout(deadline.timer)
  deadline.timerAt = Infinity
}

function wake(deadline: CountingDeadline): void {
  deadline.timerAt = Infinity
  if (deadline.expiresAt === Infinity) return
  const now = deadline.clock.now()
  const left = deadline.expiresAt - now
  if (left > 0) return arm(deadline, left, now)
  deadline.expiresAt = Infinity
  deadline.onExpire()
}
