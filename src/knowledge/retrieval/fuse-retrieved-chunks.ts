import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import { fuseRanks } from './fuse-ranks.ts'

/**
 * Merges the results of several searches by reciprocal rank fusion, the best first: only the rank in each list counts, so
 * that scores of different kinds can be merged. The new score is 1 for a chunk that is first in all lists. Chunks with
 * the same `documentId` and `chunkId` are one chunk. Give each list at least 50 chunks, so that they overlap.
 *
 * @throws TypeError with `code: 'invalid-input'` if the value is no list of lists
 *
 * @example
 * ```ts
 * import type { Retriever } from 'ragwire'
 * import { fuseRetrievedChunks } from 'ragwire/knowledge'
 * export const bothOf = (words: Retriever, vectors: Retriever): Retriever => ({
 *   async retrieve(query, options) {
 *     const deep = { ...options, topK: Math.max(50, options.topK) }
 *     const lists = await Promise.all([words.retrieve(query, deep), vectors.retrieve(query, deep)])
 *     return fuseRetrievedChunks(lists).slice(0, options.topK)
 *   },
 * })
 * ```
 */
export function fuseRetrievedChunks(lists: readonly (readonly RetrievedChunk[])[]): readonly RetrievedChunk[] {
  // A single list, passed without its brackets, would otherwise fail with a message about iterators.
  if (!Array.isArray(lists) || !lists.every(Array.isArray))
    throw invalidInput('lists', 'Cannot merge the results: pass a list with the list of each search')
  const ranked = lists.map((items) => ({ items, weight: 1 }))
  return fuseRanks(ranked, ({ chunk }) => JSON.stringify([chunk.documentId, chunk.chunkId]))
}
