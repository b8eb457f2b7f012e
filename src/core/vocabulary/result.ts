import type { CheckedCitation } from './citations.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Warning } from './warnings.ts'
import type { Source } from './sources.ts'
import type { Usage } from './usage.ts'

/** The finish reasons of a model. */
export const MODEL_FINISH_REASONS = ['stop', 'length', 'content-filter', 'other'] as const

/** The finish reasons of a run: those of a model, and those of the run itself. */
export const FINISH_REASONS = ['stop', 'length', 'content-filter', 'no-evidence', 'abort', 'error', 'other'] as const

/** The reason why a run ended. `no-evidence`, `abort` and `error` are ends of the run, the others are the model's. */
export type FinishReason = (typeof FINISH_REASONS)[number]

/** Milliseconds from the start of the run to the end of a stage; absent if the stage did not run. */
export interface Timings {
  /** End of condensing. */
  readonly condensed?: number
  /** End of retrieval. */
  readonly retrieved?: number
  /** End of reranking. */
  readonly reranked?: number
  /** The first token. */
  readonly firstToken?: number
  /** End of the model. */
  readonly generated?: number
  /** End of the run. */
  readonly total: number
}

/** The reason why a run failed, as the reader got it. */
export interface ResultError {
  /** The kind of the failure. */
  readonly code: ErrorCode
  /** The public message of the code. */
  readonly message: string
}

/** The result of a run: `done` carries it, the history stores it, and a reload shows it. */
export interface ChatResult {
  /** The reason for the end. */
  readonly finishReason: FinishReason
  /** The reason why the run failed, if `finishReason` is `error`. Absent in results that an earlier version stored. */
  readonly error?: ResultError
  /** The text of the answer. */
  readonly answer: string
  /** The numbered sources. */
  readonly sources: readonly Source[]
  /** The citations, in the order of their markers. */
  readonly citations: readonly CheckedCitation[]
  /** The query; absent if there was no search. */
  readonly query?: Query
  /** Problems that the run survived. */
  readonly warnings: readonly Warning[]
  /** Tokens that were used. */
  readonly usage: Usage
  /** Times of the stages. */
  readonly timings: Timings
  /** True if the turn was committed to a history. */
  readonly saved: boolean
}

/** The stand-alone question that was searched for. */
export interface Query {
  /** The question as the reader asked it. */
  readonly question: string
  /** The text that the retriever was given. */
  readonly query: string
  /** True if `query` was rewritten from the conversation. */
  readonly condensed: boolean
}
