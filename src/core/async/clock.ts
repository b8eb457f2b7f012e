/** Where time comes from. Tests inject their own; everything in this package asks a clock and never the globals. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number
  /** Calls `callback` once after `ms` milliseconds; returns what {@link Clock.clearTimeout} takes. */
  setTimeout(callback: () => void, ms: number): unknown
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
