import type { ChatError } from './chat-error.ts'
import { publicMessage } from './error-codes.ts'
import type { ErrorEvent } from './events.ts'

/** Makes the event of a failure; its cause stays on the server. */
export function toErrorEvent(error: ChatError, facts: Pick<ErrorEvent, 'seq' | 'phase' | 'partial'>): ErrorEvent {
  const { code, retryable, retryAfterMs } = error
  const { seq, phase, partial } = facts
  return {
    type: 'error',
    seq,
    code,
    message: publicMessage(code),
    retryable,
    ...(retryAfterMs !== undefined && Number.isFinite(retryAfterMs) && { retryAfterMs }),
    phase,
    partial,
  }
}
