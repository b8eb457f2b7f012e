import type { FinishReason } from './result.ts'

/** The outcomes of a stop. */
export const STOP_OUTCOMES = ['stopping', 'already-ended', 'unknown'] as const

/**
 * The outcome of a stop. `stopping`: the stop was requested. `already-ended`: the run has ended or is lost; the producer
 * of a lost run sees the stop if it renews the lease. `unknown`: the run does not exist; if it begins within a minute, it
 * ends at once.
 */
export type StopOutcome = (typeof STOP_OUTCOMES)[number]

/** The outcome of a stop. */
export interface StopResult {
  /**
   * `stopping`: the stop was requested; with the finish reason `abort`, the run has stopped. `already-ended`: the run ended
   * by itself, before the stop took effect. `unknown`: the run does not exist.
   */
  readonly outcome: StopOutcome
  /** The finish reason that readers of the run get; absent while it is not known. */
  readonly finishReason?: FinishReason
}
