import type { Clock } from '../async/clock.ts'
import type { Emit } from '../async/handoff.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import type { TurnOutput } from './turn-output.ts'
import type { TurnTracker } from './turn-tracker.ts'

/** One turn while it runs. Every part of it gets this, and the options that the part uses. */
export interface Turn {
  /** The question, its ids, and the other options of the turn. */
  readonly input: ResolvedTurnOptions
  /** Sends an output to the reader. */
  readonly emit: Emit<TurnOutput>
  /** Measures the run, and calls its observers. */
  readonly tracker: TurnTracker
  /** Ends the turn. */
  readonly signal: AbortSignal
  /** Gives the time. */
  readonly clock: Clock
}
