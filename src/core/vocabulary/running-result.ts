import { isRetryable, publicMessage, type ErrorCode } from './error-codes.ts'
import { publicError } from './chat-error.ts'
import type { ChatEvent, ErrorEvent } from './events.ts'
import type { Phase } from './phases.ts'
import { createResultFold } from './result-fold.ts'
import { totalUsage } from './usage.ts'

/** Follows a stream, so that it can get an `error` event if it breaks without a terminal event. */
export interface RunningResult {
  /** Adds the next event. */
  add(event: ChatEvent): void
  /** Makes the `error` event that follows the events so far, with the partial result. */
  failure(code: ErrorCode): ErrorEvent
}

/** Follows one stream from its first event. */
export function createRunningResult(): RunningResult {
  const fold = createResultFold()
  let phase: Phase = 'generating'
  let nextSeq = 0
  return {
    add(event) {
      fold.add(event)
      nextSeq = event.seq + 1
      if (event.type === 'status') phase = event.phase
    },
    failure: (code) => ({
      type: 'error',
      seq: nextSeq,
      code,
      message: publicMessage(code),
      retryable: isRetryable(code),
      phase,
      partial: {
        usage: totalUsage({}),
        timings: { total: 0 },
        saved: false,
        ...fold.result(),
        finishReason: 'error',
        error: publicError(code),
      },
    }),
  }
}
