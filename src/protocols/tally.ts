import { publicMessage } from '../core/errors.ts'
import type { ChatEvent, ErrorEvent, Phase } from '../core/events.ts'
import { createResultFold } from '../core/result.ts'
import { totalUsage } from '../core/usage.ts'

/** What went over the wire so far: enough to end a stream that its source did not end. */
export interface Tally {
  add(event: ChatEvent): void
  /** The `error` that follows what went before, with the folded answer. */
  failure(): ErrorEvent
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
    failure: () => ({
      type: 'error',
      seq: nextSeq,
      code: 'internal',
      message: publicMessage('internal'),
      retryable: false,
      phase,
      partial: { usage: totalUsage({}), timings: { total: 0 }, saved: false, ...fold.result(), finishReason: 'error' },
    }),
  }
}
