/** The values of `markers`. */
export const MARKER_MODES = ['keep', 'strip'] as const

/** Decides about the citation markers in the answer: `strip` leaves them out of the text. */
export type MarkerMode = (typeof MARKER_MODES)[number]

/** The values of `onRetrievalError`. */
export const RETRIEVAL_ERROR_MODES = ['fail', 'degrade'] as const

/** Decides when the retriever or the reranker fails: `degrade` goes on without it. */
export type RetrievalErrorMode = (typeof RETRIEVAL_ERROR_MODES)[number]

/** The values of `onNoEvidence` beside a function. */
export const NO_EVIDENCE_MODES = ['refuse', 'answer'] as const

/**
 * Decides when not enough was found: `refuse` ends with the built-in sentence, `answer` asks the model all the
 * same, and a function gives the sentence to refuse with.
 */
export type OnNoEvidence = (typeof NO_EVIDENCE_MODES)[number] | ((question: string) => string | Promise<string>)
