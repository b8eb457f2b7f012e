import type { Source } from './sources.ts'
import type { CitationSupport } from './citations.ts'

/** A sentence of the answer and one of the sources that it cites. */
export interface CitationCheckInput {
  /** The sentence, without citation markers. */
  readonly claim: string
  /** The source that the sentence cites. */
  readonly source: Source
}

/** Checks if a source covers a claim that cites it; returns `undefined` if that cannot be decided. It may ask a model. */
export type CitationCheck = (
  input: CitationCheckInput,
  options: { readonly signal: AbortSignal },
) => CitationSupport | undefined | Promise<CitationSupport | undefined>
