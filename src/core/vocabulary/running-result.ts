import { isRetryable, publicMessage, type ErrorCode } from './error-codes.ts'
import { publicError } from './chat-error.ts'
import type { ChatEvent, ErrorEvent } from './events.ts'
import type { Phase } from './phases.ts'
import { EMPTY_RESULT, type PartialChatResult } from './reduce-event.ts'
import { createResultFold, type ResultFold } from './result-fold.ts'
import { totalUsage } from './usage.ts'

/** Follows a stream, so that it can get an `error` event if it breaks without a terminal event. */
export interface RunningResult {
  /** Adds the next event. */
  add(event: ChatEvent): void
  /** Makes the `error` event that follows the events so far, with the partial result. */
  failure(code: ErrorCode): ErrorEvent
}

/** The key of the function with which a stream offers its result. */
export const RESULT_UP_TO: unique symbol = Symbol('ragwire.resultUpTo')

/** A stream that folds its events anyway, so that its reader does not have to. */
export interface StreamWithResult {
  /**
   * Returns the result of the events up to the one with `lastSeq`: the latest event that was read, or the one before it; -1
   * for no event.
   */
  [RESULT_UP_TO](lastSeq: number): PartialChatResult
}

/**
 * Follows one stream from its first event. If `stream` is a {@link StreamWithResult}, its own result is used, and the answer
 * is not kept twice.
 */
export function createRunningResult(stream?: object): RunningResult {
  const offered = stream && hasResult(stream) ? stream : undefined
  const running: OpenResult = {
    offered,
    fold: offered ? undefined : createResultFold(),
    phase: 'generating',
    lastSeq: -1,
    add,
    failure,
  }
  return running
}

/** A result with its state. Its functions are shared by all open streams. */
interface OpenResult extends RunningResult {
  readonly offered: StreamWithResult | undefined
  readonly fold: ResultFold | undefined
  phase: Phase
  /** Not the event itself: a reference from an old object to a new one costs more than the rest of `add`. */
  lastSeq: number
}

function add(this: OpenResult, event: ChatEvent): void {
  this.fold?.add(event)
  this.lastSeq = event.seq
  if (event.type === 'status') this.phase = event.phase
}

function failure(this: OpenResult, code: ErrorCode): ErrorEvent {
  const { offered, fold, phase, lastSeq } = this
  const result = offered?.[RESULT_UP_TO](lastSeq) ?? fold?.result() ?? EMPTY_RESULT
  return {
    type: 'error',
    seq: lastSeq + 1,
    code,
    message: publicMessage(code),
    retryable: isRetryable(code),
    phase,
    partial: {
      usage: totalUsage({}),
      timings: { total: 0 },
      saved: false,
      ...result,
      finishReason: 'error',
      error: publicError(code),
    },
  }
}

function hasResult(stream: object): stream is StreamWithResult {
  return RESULT_UP_TO in stream
}
