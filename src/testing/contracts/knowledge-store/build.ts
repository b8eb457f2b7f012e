import type {
  EmbeddingSpace,
  IndexChange,
  IndexedChunk,
  IndexedDocument,
  StoredChunk,
  StoredDocument,
} from '../../../knowledge/store/knowledge-store.ts'

/** The space of the vectors of the contract. */
export const SPACE: EmbeddingSpace = { embedderId: 'contract', dimensions: 8 }

/** Fields of a document that a check sets; the others have defaults. */
export type BuildFields = Partial<Omit<IndexedDocument, 'documentId' | 'chunks'>>

/** Builds a document of the scope `ann` with one chunk for each text. Its terms are the words between spaces. */
export function build(
  documentId: string,
  texts: string | readonly string[],
  fields: BuildFields = {},
): IndexedDocument {
  let start = 0
  const chunks = [texts].flat().map((text, index): IndexedChunk => {
    const chunk = {
      chunkId: `${index}`,
      text,
      start,
      end: start + text.length,
      terms: termsOf(text),
      vector: vectorOf(text),
    }
    start = chunk.end + 1
    return chunk
  })
  return { scope: 'ann', documentId, hash: `hash of ${documentId}`, ...fields, chunks }
}

/** Builds a change that adds documents. Without vectors it has none, and no space. */
export function adding(documents: readonly IndexedDocument[], hasVectors: boolean): IndexChange {
  return hasVectors ? { documents, embedding: SPACE } : { documents: documents.map(withoutVectors) }
}

function withoutVectors(document: IndexedDocument): IndexedDocument {
  return { ...document, chunks: document.chunks.map(withoutVector) }
}

function withoutVector(chunk: IndexedChunk): IndexedChunk {
  const { vector: _, ...rest } = chunk
  return rest
}

/** Splits a text at its spaces. */
function termsOf(text: string): readonly string[] {
  return text.split(' ').filter((term) => term !== '')
}

/** Returns a vector of length 1 that depends on the whole text only. */
export function vectorOf(text: string): Float32Array {
  // FNV-1a, then xorshift: equal on every machine.
  let state = 0x81_1c_9d_c5
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01_00_01_93)
  const vector = Float32Array.from({ length: SPACE.dimensions }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 0x80_00_00_00
  })
  const length = Math.hypot(...vector)
  return length === 0 ? vectorOf(`${text}.`) : vector.map((number) => number / length)
}

/** Returns the part of a document that a store returns as its document. */
export function storedDocument(document: IndexedDocument): StoredDocument {
  const { chunks: _, ...rest } = document
  return rest
}

/** Returns the part of a chunk that a store returns. */
export function storedChunk(chunk: IndexedChunk): StoredChunk {
  const { terms: _, vector: __, ...rest } = chunk
  return rest
}
