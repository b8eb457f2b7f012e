import type { Emit } from '../async/handoff.ts'
import type { TurnOutput, TurnRecord } from './record.ts'

/** What every part of a turn works with: where its output goes, what is noted, and the signal that ends it. */
export interface Stream {
  readonly record: TurnRecord
  readonly emit: Emit<TurnOutput>
  readonly signal: AbortSignal
}
