import type { CheckedCitation } from './citations.ts'
import type { ErrorCode } from './errors.ts'
import type { ChatEvent, Query, Warning } from './events.ts'
import type { Source } from './sources.ts'
import type { Usage } from './usage.ts'

/** Why a run ended. `error` and `abort` are ends of our run, the others are the model's. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'no-evidence' | 'abort' | 'error' | 'other'

/** Milliseconds from the start of the run to the end of a stage; absent where a stage did not run. */
export interface Timings {
  readonly condensed?: number
  readonly retrieved?: number
  readonly reranked?: number
  readonly firstToken?: number
  readonly generated?: number
  readonly total: number
}

/** The reason why a run failed, as the reader got it. */
export interface ResultError {
  readonly code: ErrorCode
  /** A fixed sentence per code. */
  readonly message: string
}

/** Everything a run came to: what `done` carries, what is stored, and what a reload shows. */
export interface ChatResult {
  readonly finishReason: FinishReason
  /** The reason why the run failed, if `finishReason` is `error`. Absent in results that an earlier version has kept. */
  readonly error?: ResultError
  readonly answer: string
  readonly sources: readonly Source[]
  readonly citations: readonly CheckedCitation[]
  readonly query?: Query
  readonly warnings: readonly Warning[]
  readonly usage: Usage
  readonly timings: Timings
  /** True if the turn was committed to a history. */
  readonly saved: boolean
}

/** The result that a store keeps of a turn: the one that it was given, or one that it had before. */
export type FinishTurnOutcome =
  | { readonly kept: 'this' }
  /** `result` is the one that stays; absent where it cannot be read. */
  | { readonly kept: 'other'; readonly result?: ChatResult }

/** A result that may still be growing: what only the end knows is absent until then. */
export type PartialChatResult = Pick<ChatResult, 'answer' | 'sources' | 'citations' | 'query' | 'warnings'> &
  Partial<Pick<ChatResult, 'finishReason' | 'error' | 'usage' | 'timings' | 'saved'>>

/** The result of a stream that has said nothing yet: the start of every fold. */
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
