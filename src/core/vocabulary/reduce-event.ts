import type { ChatResult } from './result.ts'
import type { ChatEvent } from './events.ts'

/** A result that may still be growing: the fields of the last event are absent until then. */
export type PartialChatResult = Pick<ChatResult, 'answer' | 'sources' | 'citations' | 'query' | 'warnings'> &
  Partial<Pick<ChatResult, 'finishReason' | 'error' | 'usage' | 'timings' | 'saved'>>

/** The result of a stream without events: the start of every fold. */
export const EMPTY_RESULT: PartialChatResult = Object.freeze({
  answer: '',
  sources: Object.freeze([]),
  citations: Object.freeze([]),
  warnings: Object.freeze([]),
})

/**
 * The one reducer: folds an event into the result, purely. The fold of a stream without its
 * terminal event already gives `answer`, `sources`, `citations`, `query` and `warnings`; with it,
 * it equals what `done` carries. Unknown event types are ignored, as the protocol asks of readers.
 *
 * It copies the list that an event adds to, so that the time for a whole answer grows with the square of its citations.
 * For a stream that is read as it comes, {@link createResultFold} gives the same result in linear time.
 *
 * @example
 * ```ts
 * import { EMPTY_RESULT, reduceEvent, type ChatEvent } from 'ragwire'
 * declare const events: readonly ChatEvent[]
 * const result = events.reduce(reduceEvent, EMPTY_RESULT)
 * ```
 */
export function reduceEvent(result: PartialChatResult, event: ChatEvent): PartialChatResult {
  switch (event.type) {
    case 'token':
      return { ...result, answer: result.answer + event.delta }
    case 'source':
      return { ...result, sources: [...result.sources, event.source] }
    case 'citation':
      return { ...result, citations: [...result.citations, event.citation] }
    case 'support': {
      const { index, claim, support, reasons } = event
      const citations = result.citations.map((citation) =>
        citation.index === index ? { ...citation, claim, support, reasons } : citation,
      )
      return { ...result, citations }
    }
    case 'query': {
      const { question, query, condensed } = event
      return { ...result, query: { question, query, condensed } }
    }
    case 'warning':
      return { ...result, warnings: [...result.warnings, { code: event.code, message: event.message }] }
    case 'done': {
      const { type: _type, seq: _seq, ...done } = event
      return done
    }
    case 'error':
      return event.partial
    case 'start':
    case 'status':
      return result
    default:
      event satisfies never
      return result
  }
}
