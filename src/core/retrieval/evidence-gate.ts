import type { RetrievedChunk } from '../vocabulary/retriever.ts'

/** Returns the best score of the chunks; `undefined` if no chunk has one. */
export function bestScore(retrieved: readonly RetrievedChunk[]): number | undefined {
  let best: number | undefined
  for (const { score } of retrieved) if (score !== undefined) best = Math.max(best ?? score, score)
  return best
}

/**
 * Returns true if the chunks are enough for an answer: there is at least one, and the best score reaches `minScore` if
 * it is set. Chunks without scores always pass.
 */
export function hasEvidence(retrieved: readonly RetrievedChunk[], minScore: number | undefined): boolean {
  if (retrieved.length === 0) return false
  const best = bestScore(retrieved)
  return minScore === undefined || best === undefined || best >= minScore
}
