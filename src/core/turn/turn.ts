import type { Clock } from '../async/clock.ts'
import type { Emit } from '../async/handoff.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import type { TurnOutput } from './turn-output.ts'
import type { TurnTracker } from './turn-tracker.ts'

/** The context of an active turn. Every stage gets it, with the options of that stage. */
export interface Turn {
  /** The question, its ids, and the other options of the turn. */
  readonly input: ResolvedTurnOptions
  /** Sends an output to the reader. */
  readonly emit: Emit<TurnOutput>
  /** Measures the run, and calls its observers. */
  readonly tracker: TurnTracker
  /** Aborts the turn. */
  readonly signal: AbortSignal
  /** Gives the time. */
  readonly clock: Clock
}
