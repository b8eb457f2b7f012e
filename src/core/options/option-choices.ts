/** The values of `markers`. */
export const MARKER_MODES = ['keep', 'strip'] as const

/** Policy for the citation markers in the answer: `keep` leaves them in the text, `strip` removes them. */
export type MarkerMode = (typeof MARKER_MODES)[number]

/** The values of `onRetrievalError`. */
export const RETRIEVAL_ERROR_MODES = ['fail', 'degrade'] as const

/** Policy if the retriever or the reranker fails: `fail` ends the run, `degrade` continues without it. */
export type RetrievalErrorMode = (typeof RETRIEVAL_ERROR_MODES)[number]

/** The values of `onNoEvidence` other than a function. */
export const NO_EVIDENCE_MODES = ['refuse', 'answer'] as const

/**
 * Policy if not enough was found: `refuse` ends with the built-in sentence, `answer` asks the model anyway, and a
 * function returns the sentence of the refusal.
 */
export type OnNoEvidence = (typeof NO_EVIDENCE_MODES)[number] | ((question: string) => string | Promise<string>)
