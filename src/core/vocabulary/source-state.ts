import type { Source } from './sources.ts'

/** The values of {@link SourceState}. */
export const SOURCE_STATES = ['same', 'moved', 'changed', 'gone'] as const

/**
 * State of a source of an earlier answer in the documents of now: `same` if its text still stands in its place, `moved` if
 * it stands elsewhere in its document, `changed` if the document has other words, `gone` if the document is not there.
 */
export type SourceState = (typeof SOURCE_STATES)[number]

/** Compares sources of an earlier answer with the documents of now. Returns a state per source, in order. */
export type CheckSources = (
  sources: readonly Source[],
  options: { readonly scope: string; readonly signal: AbortSignal },
) => Promise<readonly SourceState[]>
