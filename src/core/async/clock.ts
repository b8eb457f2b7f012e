/** Gives the time and timers. All time limits of this package use it, so that tests can pass their own clock. */
export interface Clock {
  /** Returns monotonic milliseconds. */
  now(): number
  /** Calls `callback` once after `ms` milliseconds; returns what {@link Clock.clearTimeout} takes. */
  setTimeout(callback: () => void, ms: number): unknown
  /** Cancels a timer. */
  clearTimeout(timer: unknown): void
}

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  setTimeout: (callback: () => void, ms: number) => globalThis.setTimeout(callback, ms),
  clearTimeout: (timer: unknown) => {
    globalThis.clearTimeout(timer as ReturnType<typeof globalThis.setTimeout>)
  },
})
