/** A range of UTF-16 code units of the answer, `end` exclusive. */
export interface ClaimRange {
  /** Offset of the first UTF-16 code unit. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}

/** The outcomes of a check of a citation. */
export const SUPPORTS = ['supported', 'weak', 'unsupported'] as const

/** The degree to which a source covers the sentence that cites it. */
export type Support = (typeof SUPPORTS)[number]

/** The outcome of checking one citation. */
export interface CitationSupport {
  /** The degree to which the source covers the claim. */
  readonly support: Support
  /** Machine-readable reasons, such as which number disagrees. */
  readonly reasons: readonly string[]
}

/** The link from one occurrence of a citation marker to one source: `[1, 2]` gives two with one span. */
export interface Citation {
  /** Position among the run's citations, from 0. */
  readonly index: number
  /** The cited source's number. */
  readonly number: number
  /** Id of the cited source. */
  readonly sourceId: string
  /** Offset of the marker's first UTF-16 code unit in the answer. */
  readonly start: number
  /** Offset after its last one; equals `start` when markers are stripped. */
  readonly end: number
}

/** A citation as the result keeps it: with the outcome of its check, once there is one. */
export interface CheckedCitation extends Citation, Partial<CitationSupport> {
  /** The sentence that the marker stands in. */
  readonly claim?: ClaimRange
}
