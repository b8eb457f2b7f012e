import type { CheckedCitation } from './citations.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Warning } from './warnings.ts'
import type { Source } from './sources.ts'
import type { Usage } from './usage.ts'

/** The reasons that a model can give for its end. */
export const MODEL_FINISH_REASONS = ['stop', 'length', 'content-filter', 'other'] as const

/** The reasons for the end of a run: those of a model, and those of the run itself. */
export const FINISH_REASONS = ['stop', 'length', 'content-filter', 'no-evidence', 'abort', 'error', 'other'] as const

/** Why a run ended. `no-evidence`, `abort` and `error` are ends of the run, the others are the model's. */
export type FinishReason = (typeof FINISH_REASONS)[number]

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

/** The stand-alone question that was searched for. */
export interface Query {
  /** The question as the reader asked it. */
  readonly question: string
  /** What was given to the retriever. */
  readonly query: string
  /** True if `query` was rewritten from the conversation. */
  readonly condensed: boolean
}
