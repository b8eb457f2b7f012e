import type { RetrievedChunk } from '../vocabulary/retriever.ts'

/** The chunks of one query, and its weight. */
export interface WeightedFindings {
  /** The chunks of the query, the best first. */
  readonly retrieved: readonly RetrievedChunk[]
  /** Weight of the query. */
  readonly weight: number
}

// Reciprocal rank (Cormack, Clarke and Büttcher 2009), for chunks without scores.
const RANK_OFFSET = 60

/** Merges the chunks of several queries by the sum of their weighted scores, the best first. */
export function fuse(findings: readonly WeightedFindings[]): readonly RetrievedChunk[] {
  const fused = new Map<string, { readonly found: RetrievedChunk; score: number }>()
  for (const { retrieved, weight } of findings) {
    for (const [rank, found] of retrieved.entries()) {
      const score = weight * (found.score ?? 1 / (RANK_OFFSET + rank + 1))
      const known = fused.get(chunkKey(found))
      if (known) known.score += score
      else fused.set(chunkKey(found), { found, score })
    }
  }
  return [...fused.values()]
    .toSorted((a, b) => b.score - a.score)
    .map(({ found, score }) => ({ chunk: found.chunk, score }))
}

/** Returns a key that identifies a chunk. */
export function chunkKey({ chunk }: Pick<RetrievedChunk, 'chunk'>): string {
  return JSON.stringify([chunk.documentId, chunk.chunkId])
}
