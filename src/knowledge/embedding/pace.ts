import type { Clock } from '../../core/async/clock.ts'
import { delay } from '../../core/async/with-timeout.ts'

const MINUTE = 60_000

/** Delays calls so that a rate is kept. */
export interface Pace {
  /** Resolves when a call of this size may start. Calls start in the order in which they ask. */
  wait(tokens: number, signal: AbortSignal): Promise<void>
}

/** The rates of a {@link Pace}. */
export interface PaceOptions {
  /** Maximum number of calls in a minute. */
  readonly callsPerMinute: number
  /** Maximum number of tokens in a minute. */
  readonly tokensPerMinute: number
  /** Gives the time. */
  readonly clock: Clock
}

/** Creates a pace. Calls are spread evenly, so that a service which counts by the second accepts them, too. */
export function createPace({ callsPerMinute, tokensPerMinute, clock }: PaceOptions): Pace {
  let next = -Infinity
  return {
    async wait(tokens, signal) {
      const start = Math.max(clock.now(), next)
      next = start + Math.max(MINUTE / callsPerMinute, (tokens * MINUTE) / tokensPerMinute)
      const ms = start - clock.now()
      if (ms > 0) await delay(ms, { clock, signal })
    },
  }
}
