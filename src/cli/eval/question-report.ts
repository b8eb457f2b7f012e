/** The expectations of a question, as the file of questions has them. */
export interface Expected {
  /** The documents or pages to find. Each entry is a list of alternatives. */
  readonly sources: readonly (readonly string[])[]
  /** The texts to be in the answer. Each entry is a list of alternatives. */
  readonly contains: readonly (readonly string[])[]
  /** True for a refusal, false for an answer; null if neither is expected. */
  readonly refuses: boolean | null
}

/** The end of a question: an answer, a refusal, or a failed run. */
export type Outcome = 'answered' | 'refused' | 'failed'

/** A question and its results. */
export interface QuestionReport {
  /** Its `id`, or the question itself. */
  readonly id: string
  /** The question. */
  readonly question: string
  /** The conversation that it belongs to; null if it stands alone. */
  readonly thread: string | null
  /** The expectations. */
  readonly expected: Expected
  /** The end of the run. */
  readonly outcome: Outcome
  /** The code of the error; null if the run did not fail. */
  readonly error: string | null
  /** True if all expectations hold; null without expectations. */
  readonly passed: boolean | null
  /** The expectations that do not hold, each as a sentence. */
  readonly failures: readonly string[]
  /** The text that was searched for; null if there was no search. */
  readonly query: string | null
  /** The answer, with its citation markers. */
  readonly answer: string
  /** The sources, in the order of their numbers. */
  readonly sources: readonly FoundSource[]
  /** The results that the measures are made of. */
  readonly results: QuestionResults
  /** Number of citations by the outcome of their check. */
  readonly citations: CitationCounts
  /** Time to the first word, in milliseconds; null if there was none. */
  readonly firstTokenMs: number | null
  /** Time to the end of the run, in milliseconds. */
  readonly totalMs: number
  /** The tokens of all calls of the model. */
  readonly tokens: TokenCounts
}

/** A source of an answer. */
export interface FoundSource {
  /** The id of its document. */
  readonly documentId: string
  /** Its page, from 1; null if it has none. */
  readonly page: number | null
  /** True if the answer cites it. */
  readonly cited: boolean
}

/** The results of one question; null where the question expects nothing of the kind, or its run failed. */
export interface QuestionResults {
  /** Share of the expected documents among the sources. */
  readonly recall: number | null
  /** Share of the expected pages among the sources. */
  readonly pageRecall: number | null
  /** 1 divided by the number of the first expected source; 0 if none was found. */
  readonly reciprocalRank: number | null
  /** True if the answer cites an expected source. */
  readonly citesExpected: boolean | null
  /** True if the answer contains all expected texts. */
  readonly contains: boolean | null
}

/** Number of citations by the outcome of their check. */
export interface CitationCounts {
  /** The source covers the claim. */
  readonly supported: number
  /** The source covers the claim in part. */
  readonly weak: number
  /** The source does not cover the claim. */
  readonly unsupported: number
  /** The check could not decide. */
  readonly unchecked: number
}

/** Numbers of tokens. */
export interface TokenCounts {
  /** Tokens that were sent. */
  readonly input: number
  /** Tokens that were generated. */
  readonly output: number
  /** True if the provider reported none and these are estimated. */
  readonly estimated: boolean
}
