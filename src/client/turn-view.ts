import type { ChatEvent } from '../core/vocabulary/events.ts'
import { EMPTY_RESULT } from '../core/vocabulary/reduce-event.ts'
import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import type { AnswerFeedback } from './chat-client.ts'
import type { ChatTurn } from './chat-snapshot.ts'

/** Returns the view of a question that is being asked. */
export function newTurn(runId: string, question: string): ChatTurn {
  return { runId, question, status: 'submitted', isStopping: false, isReconnecting: false, result: EMPTY_RESULT }
}

/** Returns the view of a stored turn. A turn without a result is `submitted`: its run may be going on. */
export function storedTurn(stored: StoredTurn & { readonly feedback?: AnswerFeedback }): ChatTurn {
  const { runId, question, result, feedback } = stored
  const turn = { ...newTurn(runId, question), ...(feedback && { feedback }) }
  if (!result) return turn
  if (result.finishReason !== 'error') return { ...turn, status: 'done', result }
  // An earlier version did not store the reason.
  const { code = 'internal', message = 'This answer failed' } = result.error ?? {}
  return { ...turn, status: 'error', result, error: { code, message, retryable: true } }
}

/** Returns the view after an event, but for its `result`. It is the same object if nothing else has changed. */
export function turnAfter(turn: ChatTurn, event: ChatEvent): ChatTurn {
  switch (event.type) {
    case 'token':
      return turn.status === 'streaming' ? turn : { ...turn, status: 'streaming' }
    case 'status':
      return { ...turn, phase: event.phase }
    case 'query':
      return turn.question === '' ? { ...turn, question: event.question } : turn
    case 'done':
      return { ...ended(turn), status: 'done' }
    case 'error': {
      const { code, message, retryable, retryAfterMs } = event
      const error = { code, message, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) }
      return { ...ended(turn), status: 'error', error }
    }
    default:
      return turn
  }
}

/** Returns a view without what only a running answer has. */
export function ended({ phase: _phase, error: _error, ...turn }: ChatTurn): ChatTurn {
  return { ...turn, isStopping: false, isReconnecting: false }
}
