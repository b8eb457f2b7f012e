import type { ChatError } from '../vocabulary/chat-error.ts'
import type { UnnumberedEvent } from '../vocabulary/unnumbered-event.ts'
import type { ChatResult, FinishReason } from '../vocabulary/result.ts'

/** The end of the work of a turn. */
export interface Ending {
  /** The reason for the end. */
  readonly finishReason: FinishReason
  /** The failure, if the reason is `error`. */
  readonly error?: ChatError
  /** The stored result, if the history already has one for this run. */
  readonly kept?: ChatResult
}

/** The last output of a turn. It becomes the terminal event. */
export interface ConclusionOutput {
  /** The type, which no event has. */
  readonly type: 'conclusion'
  /** The result of the run. */
  readonly result: ChatResult
  /** Present if the turn failed. */
  readonly error?: ChatError
}

/** The output of a turn before its conclusion. */
export type RunningOutput = Exclude<UnnumberedEvent, { readonly type: 'done' | 'error' }>

/** The output of a turn: events without numbers, and at last the conclusion. */
export type TurnOutput = RunningOutput | ConclusionOutput
