import type { Chunk, RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import type { ChunkHit, StoredChunk, StoredDocument } from '../store/knowledge-store.ts'

/** Returns a hit as a retrieved chunk. `revision` is that of the index. */
export function toRetrievedChunk({ document, chunk, score }: ChunkHit, revision: string): RetrievedChunk {
  return { score, chunk: { ...toChunk(document, chunk), revision } }
}

/** Returns a stored chunk in the form that a retriever returns. */
export function toChunk(
  { documentId, title, metadata }: Pick<StoredDocument, 'documentId' | 'title' | 'metadata'>,
  { chunkId, text, start, end, page, section, verbatimEnd, url }: StoredChunk,
): Chunk {
  return {
    chunkId,
    documentId,
    text,
    location: { start, end, ...(page !== undefined && { page }) },
    ...(title !== undefined && { title }),
    ...(section && { section }),
    ...(verbatimEnd !== undefined && { verbatimEnd }),
    ...(url !== undefined && { url }),
    ...(metadata && { metadata }),
  }
}
