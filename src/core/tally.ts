import { isRetryable, publicError, publicMessage, type ErrorCode } from './errors.ts'
import type { ChatEvent, ErrorEvent, Phase } from './events.ts'
import { createResultFold } from './result-fold.ts'
import { totalUsage } from './usage.ts'

/** What a stream has said so far: enough to end it where its source does not. */
export interface Tally {
  add(event: ChatEvent): void
  /** The `error` that follows what went before, with the folded answer. */
  failure(code: ErrorCode): ErrorEvent
}

/** Starts a tally of one stream. */
export function createTally(): Tally {
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
