import type { TextRange } from './text-range.ts'

/** A range of UTF-16 code units of the answer, `end` exclusive. */
export interface ClaimRange {
  /** Offset of the first UTF-16 code unit. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}

/** The outcomes of a citation check. */
export const SUPPORTS = ['supported', 'weak', 'unsupported'] as const

/** The degree to which a source covers the clause that cites it. */
export type Support = (typeof SUPPORTS)[number]

/** The outcome of checking one citation. */
export interface CitationSupport {
  /** The degree to which the source covers the claim. */
  readonly support: Support
  /** Machine-readable reasons, such as which number disagrees. */
  readonly reasons: readonly string[]
  /**
   * The range of the source's `text` that fits the claim best, for a highlight. It neither begins nor ends with white space
   * or inside of a surrogate pair. Absent if nothing in the text fits.
   */
  readonly passage?: TextRange
}

/**
 * The link from one citation marker in the answer to one source. The marker `[1, 2]` makes two citations with the same
 * range.
 */
export interface Citation {
  /** Position in the list of citations of the run, from 0. */
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

/** A citation of a result, with the outcome of its check if there is one. */
export interface CheckedCitation extends Citation, Partial<CitationSupport> {
  /** The range of the clause that the marker closes. */
  readonly claim?: ClaimRange
}

/** Returns a citation with the outcome of its check; other fields of the outcome are left out. */
export function withSupport(
  citation: CheckedCitation,
  { claim, support, reasons, passage }: CitationSupport & { readonly claim: ClaimRange },
): CheckedCitation {
  return { ...citation, claim, support, reasons, ...(passage && { passage }) }
}
