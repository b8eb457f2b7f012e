import { withSupport } from './citations.ts'
import type { ChatResult } from './result.ts'
import type { ChatEvent, TerminalEvent } from './events.ts'

/** The result of the events so far. Fields that only the last event sets are absent before it. */
export type PartialChatResult = Pick<ChatResult, 'answer' | 'sources' | 'citations' | 'query' | 'warnings'> &
  Partial<Pick<ChatResult, 'finishReason' | 'error' | 'usage' | 'timings' | 'saved'>>

/** The result of a stream without events, the start value for {@link reduceEvent}. */
export const EMPTY_RESULT: PartialChatResult = Object.freeze({
  answer: '',
  sources: Object.freeze([]),
  citations: Object.freeze([]),
  warnings: Object.freeze([]),
})

/**
 * Returns the result with an event added, without side effects. Before the terminal event, the result has `answer`,
 * `sources`, `citations`, `query` and `warnings`; after it, it equals the result in that event. Unknown event types are
 * ignored, as the protocol requires.
 *
 * Each call copies the list that it adds to, so the time for a whole answer is quadratic in its citations. For a live
 * stream, {@link createResultFold} gives the same result in linear time.
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
      const citations = result.citations.map((citation) =>
        citation.index === event.index ? withSupport(citation, event) : citation,
      )
      return { ...result, citations }
    }
    case 'query': {
      const { question, query, condensed } = event
      return { ...result, query: { question, query, condensed } }
    }
    case 'warning':
      return { ...result, warnings: [...result.warnings, { code: event.code, message: event.message }] }
    case 'done':
    case 'error':
      return resultOf(event)
    case 'start':
    case 'status':
      return result
    default:
      event satisfies never
      return result
  }
}

/** Returns the result that the last event of a run carries. */
export function resultOf(event: TerminalEvent): ChatResult {
  if (event.type === 'error') return event.partial
  const { type: _type, seq: _seq, ...result } = event
  return result
}
