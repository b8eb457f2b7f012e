/** What becomes of the citation markers in an answer: `strip` leaves them out of the text. */
export const MARKER_MODES = ['keep', 'strip'] as const

/** What becomes of the citation markers in an answer. */
export type MarkerMode = (typeof MARKER_MODES)[number]

/** What a turn does when the retriever or the reranker fails. */
export const RETRIEVAL_ERROR_MODES = ['fail', 'degrade'] as const

/** What a turn does when the retriever or the reranker fails: `degrade` goes on without it. */
export type RetrievalErrorMode = (typeof RETRIEVAL_ERROR_MODES)[number]

/** What a turn does when not enough was found. */
export const NO_EVIDENCE_MODES = ['refuse', 'answer'] as const

/**
 * What a turn does when not enough was found: `refuse` ends with the built-in sentence, `answer` asks the model all the
 * same, and a function gives the sentence to refuse with.
 */
export type OnNoEvidence = (typeof NO_EVIDENCE_MODES)[number] | ((question: string) => string | Promise<string>)
