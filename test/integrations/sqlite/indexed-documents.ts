import type { IndexedDocument } from '../../../src/knowledge/store/knowledge-store.ts'

/** The space of the vectors of {@link documentOf}. */
export const SPACE = { embedderId: 'test', dimensions: 8 }

/** Returns a document of 12 chunks that belong to a version: their terms and vectors tell which one. */
export function documentOf(scope: string, documentId: string, version: number): IndexedDocument {
  const chunks = Array.from({ length: 12 }, (_, position) => {
    const terms = ['common', `version${version}`, documentId, `${documentId} ${position}`, 'common']
    const text = terms.join(' ')
    const chunkId = `${documentId}#${position}`
    return { chunkId, text, start: position, end: position + text.length, terms, vector: vectorOf(version, position) }
  })
  return { scope, documentId, hash: `${version}`, title: documentId, metadata: { version }, chunks }
}

/** Returns a vector of length 1 that is different for each version and position. */
export function vectorOf(version: number, position: number): Float32Array {
  const angle = 1 + version + position / 100
  const vector = Float32Array.from({ length: SPACE.dimensions }, (_, at) => Math.sin(angle * (at + 1)))
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
