import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'

/** Makes the last event of a run from its stored result. */
export function toEnd(result: ChatResult, seq: number): ChatEvent {
  // An earlier version did not store the reason.
  const { finishReason, error = { code: 'internal', message: 'This answer failed' } } = result
  return finishReason === 'error'
    ? { type: 'error', seq, ...error, retryable: true, phase: 'generating', partial: result }
    : { type: 'done', seq, ...result }
}
