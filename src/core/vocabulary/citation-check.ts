import type { Source } from './sources.ts'
import type { CitationSupport } from './citations.ts'

/** A clause of the answer and one of the sources that it cites. */
export interface CitationCheckInput {
  /** The clause that the marker closes, without citation markers. It is the whole sentence if that has no other marker. */
  readonly claim: string
  /** The source that the clause cites. */
  readonly source: Source
  /**
   * All sources of the clause, `source` among them, in the order of their markers: the claim may need them together. Absent
   * if it cites only one.
   */
  readonly together?: readonly Source[]
  /** The whole sentence, without citation markers. Absent if it equals the claim. */
  readonly sentence?: string
}

/** Checks if a source covers a claim that cites it; returns `undefined` if that cannot be decided. It may ask a model. */
export type CitationCheck = (
  input: CitationCheckInput,
  options: { readonly signal: AbortSignal },
) => CitationSupport | undefined | Promise<CitationSupport | undefined>
