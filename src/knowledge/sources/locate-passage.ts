import { findRectangles } from '../documents/find-rectangles.ts'
import type { Rectangle } from '../documents/loaded-document.ts'
import type { StoredChunk } from '../store/knowledge-store.ts'
import type { SourceLookup } from './source-lookup.ts'

/** A passage of a document: a source, or a part of it. */
export interface PassageKey {
  /** Id of the document. */
  readonly documentId: string
  /** Offset of the first UTF-16 code unit in the text of the document. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}

/** The place of a passage. */
export interface PassagePlace {
  /** The text of the passage. */
  readonly text: string
  /** Number of the page, from 1, if the document has pages. */
  readonly page?: number
  /** The rectangles of its lines on the page, in points from the upper left corner; empty if they are not known. */
  readonly rectangles: readonly Rectangle[]
  /** Address of the chunk of the passage. */
  readonly url?: string
}

/** Returns the place of a passage in one of the scopes; `undefined` if no chunk of the index has it. */
export async function locatePassage(
  { documentId, start, end }: PassageKey,
  { store, scopes, signal }: SourceLookup,
): Promise<PassagePlace | undefined> {
  // Also of NaN.
  if (!(start < end)) return undefined
  for (const scope of scopes) {
    const document = await store.document({ scope, documentId }, { signal })
    const chunk = document?.chunks.find((candidate) => candidate.start <= start && candidate.end >= end)
    if (chunk) return placeIn(chunk, start, end)
  }
  return undefined
}

function placeIn(chunk: StoredChunk, start: number, end: number): PassagePlace {
  const { text, start: textStart, page, url, rectangles = [] } = chunk
  return {
    text: text.slice(start - textStart, end - textStart),
    rectangles: findRectangles(rectangles, { text, textStart, start, end }),
    ...(page !== undefined && { page }),
    ...(url !== undefined && { url }),
  }
}
