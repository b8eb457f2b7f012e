import type { RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import type { ChunkHit, KnowledgeStore, StoredChunk } from '../store/knowledge-store.ts'

/** Options of {@link withNeighbours}. */
export interface NeighbourOptions {
  /** The hits of the chunks, in the same order. */
  readonly hits: readonly ChunkHit[]
  /** Number of chunks before and after each. */
  readonly neighbours: number
  /** Holds the chunks. */
  readonly store: KnowledgeStore
  /** Ends the look-up. */
  readonly signal: AbortSignal
}

/**
 * Adds the text of the chunks before and after each one. A neighbour that was found itself is not repeated, and none is
 * taken from a document that has changed since the search.
 */
export async function withNeighbours(
  found: readonly RetrievedChunk[],
  { hits, neighbours, store, signal }: NeighbourOptions,
): Promise<readonly RetrievedChunk[]> {
  const documents = new Map<string, Promise<readonly StoredChunk[]>>()
  const chunksOf = ({ document }: ChunkHit): Promise<readonly StoredChunk[]> => {
    const { scope, documentId, hash } = document
    const key = JSON.stringify([scope, documentId])
    const read = async (): Promise<readonly StoredChunk[]> => {
      const now = await store.document({ scope, documentId }, { signal })
      return now?.document.hash === hash ? now.chunks : []
    }
    const known = documents.get(key) ?? read()
    documents.set(key, known)
    return known
  }
  const keys = new Set(hits.slice(0, found.length).map((hit) => keyOf(hit, hit.chunk)))
  return Promise.all(
    found.map(async (retrieved, index) => {
      const hit = hits[index]
      if (!hit) return retrieved
      const chunks = await chunksOf(hit)
      const { position } = hit
      const text = (from: number, to: number): string =>
        chunks
          .slice(Math.max(0, from), to)
          .filter((chunk) => !keys.has(keyOf(hit, chunk)))
          .map((chunk) => chunk.text)
          .join('\n')
      const before = text(position - neighbours, position)
      const after = text(position + 1, position + 1 + neighbours)
      const chunk = { ...retrieved.chunk, ...(before !== '' && { before }), ...(after !== '' && { after }) }
      return { ...retrieved, chunk }
    }),
  )
}

function keyOf({ document }: ChunkHit, { chunkId }: StoredChunk): string {
  return JSON.stringify([document.scope, document.documentId, chunkId])
}
