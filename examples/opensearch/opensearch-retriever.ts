import type { Client } from '@opensearch-project/opensearch'
import { ChatError, type Chunk, type RetrievedChunk, type Retriever } from 'ragwire'
import { expectFilter, fuseRetrievedChunks } from 'ragwire/knowledge'
import type { OpenSearchTarget } from './opensearch-index.ts'
import { stoppable } from './stoppable.ts'
import { weighQuery } from './weigh-query.ts'
import { toOpenSearchFilter, type FilterQuery } from './to-opensearch-filter.ts'

export interface OpenSearchRetrieverOptions extends OpenSearchTarget {
  /** Minimum share of the query's words, by weight, that the best chunk has. @defaultValue 0.25 */
  readonly minShare?: number
  /**
   * Minimum cosine of the best chunk. Nothing is found if neither minimum is reached. Measure it on your own questions.
   * @defaultValue 0.3
   */
  readonly minSimilarity?: number
}

/** Each half finds so many chunks before they are merged. */
const POOL = 50
/** The limit of OpenSearch for the size of a result. */
const MAX_SIZE = 10_000

/** Finds chunks by words and by vectors in an index that `createOpenSearchIndex` fills. `filter` is a `MetadataFilter`. */
export function openSearchRetriever(options: OpenSearchRetrieverOptions): Retriever {
  const { index, fields = {}, minShare = 0.25, minSimilarity = 0.3 } = options
  return {
    async retrieve(query, { topK, filter, scope, signal }) {
      signal.throwIfAborted()
      const allowed = expectFilter(filter)
      const readable: FilterQuery = { terms: { scope: scopesOf(scope) } }
      // Conditions of `filter` can only reduce what the scope allows.
      const within = [readable, ...(allowed ? [toOpenSearchFilter(allowed, fields)] : [])]
      const search = { query, readable, within, size: Math.min(Math.max(topK, POOL), MAX_SIZE), signal }
      try {
        const [byWords, byVectors] = await Promise.all([findByWords(options, search), findByVectors(options, search)])
        const isEvidence = best(byWords) >= minShare || best(byVectors) >= minSimilarity
        return isEvidence ? fuseRetrievedChunks([byWords, byVectors]).slice(0, topK) : []
      } catch (cause) {
        signal.throwIfAborted()
        throw new ChatError(`Cannot search the index ${index} of OpenSearch`, { code: 'retrieval-failed', cause })
      }
    },
  }
}

interface Search {
  readonly query: string
  readonly readable: FilterQuery
  readonly within: readonly FilterQuery[]
  readonly size: number
  readonly signal: AbortSignal
}

/** Ranks by the weight of the words that a chunk has. The score is their share, from 0 to 1. */
async function findByWords({ client, index }: OpenSearchTarget, search: Search): Promise<readonly RetrievedChunk[]> {
  const { query, readable, within, size, signal } = search
  const weights = await weighQuery(query, { client, index, readable, signal })
  if (weights.size === 0) return []
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  const should = [...weights].map(([term, boost]) => ({
    constant_score: { filter: { term: { terms: { value: term } } }, boost },
  }))
  const bool = { filter: within, should, minimum_should_match: 1 }
  const hits = await searchIndex(client, { index, size, query: { bool }, signal })
  return hits.map(({ chunk, score }) => ({ chunk, score: score / total }))
}

/** Ranks by the cosine with the query. */
async function findByVectors(
  { client, index, embedder }: OpenSearchTarget,
  { query, within, size, signal }: Search,
): Promise<readonly RetrievedChunk[]> {
  const [vector = new Float32Array()] = await embedder.embed([query], { purpose: 'query', signal })
  // OpenSearch refuses a vector of zeros.
  if (vector.every((number) => number === 0)) return []
  // Inside of `knn`, the filter is applied during the search. Beside it, it would only shorten the result.
  const knn = { vector: { vector: [...vector], k: size, filter: { bool: { filter: within } } } }
  const hits = await searchIndex(client, { index, size, query: { knn }, signal })
  return hits.map(({ chunk, score }) => ({ chunk, score: 2 * score - 1 }))
}

interface IndexSearch {
  readonly index: string
  readonly size: number
  readonly query: FilterQuery
  readonly signal: AbortSignal
}

async function searchIndex(client: Client, { index, size, query, signal }: IndexSearch) {
  const body = {
    size,
    query,
    _source: ['chunk'],
    // Otherwise the order of equal scores would differ between the copies of a shard.
    sort: ['_score', ...['scope', 'documentId', 'position'].map((field) => ({ [field]: { order: 'asc' as const } }))],
    track_scores: true,
  }
  // Without the parameter, a failed shard shortens the result and the status is 200.
  const call = client.search({ index, allow_partial_search_results: false, body })
  const { hits } = (await stoppable(call, signal)).body
  return hits.hits.map(({ _source, _score }) => ({ chunk: toChunk(_source), score: Number(_score) }))
}

/** The scopes that a run may read: its own, and that of the documents for everybody. */
function scopesOf(scope: string | undefined): readonly string[] {
  if (scope !== undefined && typeof scope !== 'string') throw new TypeError('Cannot search: the scope is not a string')
  return scope === undefined ? [''] : ['', scope]
}

function toChunk(source: unknown): Chunk {
  const chunk = typeof source === 'object' && source !== null && 'chunk' in source ? source.chunk : undefined
  if (typeof chunk !== 'object' || chunk === null) throw new Error('A document of the index has no chunk')
  // Written by `createOpenSearchIndex`.
  return chunk as Chunk
}

function best([first]: readonly RetrievedChunk[]): number {
  return first?.score ?? -Infinity
}
