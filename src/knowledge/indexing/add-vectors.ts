import { isChatError } from '../../core/vocabulary/chat-error.ts'
import { DocumentError } from '../documents/document-error.ts'
import type { Embedded } from '../embedding/embed-texts.ts'
import type { EmbeddingSpace, IndexedDocument, StoredDocument } from '../store/knowledge-store.ts'
import type { ChunkDraft } from './split-chunks.ts'

/** A document with its chunks, which have no vectors yet. */
export interface DraftDocument {
  /** The document. */
  readonly document: StoredDocument
  /** Its chunks. */
  readonly drafts: readonly ChunkDraft[]
}

/** Returns the document with a vector for each chunk, or the reason for which a chunk has none that fits the space. */
export function addVectors(
  { document, drafts }: DraftDocument,
  vectors: readonly Embedded[],
  space: EmbeddingSpace | undefined,
): IndexedDocument | DocumentError {
  const chunks = []
  for (const [index, { chunk }] of drafts.entries()) {
    const vector = vectors[index]
    if (!vector || isChatError(vector)) return unusable(document, vector?.message ?? 'there is no vector', vector)
    if (vector.length !== space?.dimensions) {
      const reason = `a vector has ${vector.length} numbers, and those of the index have ${space?.dimensions}`
      return unusable(document, reason)
    }
    chunks.push({ ...chunk, vector })
  }
  return { ...document, chunks }
}

function unusable({ documentId }: StoredDocument, reason: string, cause?: unknown): DocumentError {
  return new DocumentError(`Cannot embed ${documentId}: ${reason}`, { code: 'embedding-failed', cause })
}

/** Returns the space of most vectors; `undefined` if no text has a vector. */
export function spaceOf(vectors: readonly Embedded[], embedderId = ''): EmbeddingSpace | undefined {
  const counts = new Map<number, number>()
  for (const vector of vectors) {
    if (!isChatError(vector)) counts.set(vector.length, (counts.get(vector.length) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a)
  return most && { embedderId, dimensions: most[0] }
}
