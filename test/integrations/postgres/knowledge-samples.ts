import type { IndexedChunk, IndexedDocument } from '../../../src/knowledge/store/knowledge-store.ts'

/** The space of the vectors of {@link sampleDocument}. */
export const SPACE = { embedderId: 'samples', dimensions: 4 }

/** Fields of a sample; the others have defaults. */
export interface SampleFields extends Partial<Omit<IndexedDocument, 'chunks'>> {
  /** True to add vectors. */
  readonly hasVectors?: boolean
}

/** Creates a document whose chunks have these texts; the words are the terms. */
export function sampleDocument(
  texts: readonly string[],
  { hasVectors, ...fields }: SampleFields = {},
): IndexedDocument {
  const chunks = texts.map((text, position): IndexedChunk => ({
    chunkId: `c${position}`,
    text,
    start: 0,
    end: text.length,
    terms: text.split(' ').filter((word) => word !== ''),
    ...(hasVectors && { vector: sampleVector(text) }),
  }))
  return { scope: 'ann', documentId: 'd', hash: 'h', ...fields, chunks }
}

/** Returns a vector of length 1 that depends on the text. */
export function sampleVector(text: string, dimensions = SPACE.dimensions): Float32Array {
  let state = 1
  for (let at = 0; at < text.length; at++) state = Math.imul(state + text.charCodeAt(at), 48_271) & 0x7fff_ffff
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 48_271) + 11) & 0x7fff_ffff
    return state / 0x4000_0000 - 1
  })
  const length = Math.hypot(...vector)
  return vector.map((number) => number / length)
}
