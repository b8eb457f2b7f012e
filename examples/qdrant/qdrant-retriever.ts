import { ChatError, type Chunk, type Retriever } from 'ragwire'
import { expectFilter } from 'ragwire/knowledge'
import type { QdrantCollection } from './qdrant-index.ts'
import { toQdrantFilter } from './to-qdrant-filter.ts'

export interface QdrantRetrieverOptions extends QdrantCollection {
  /** Minimum cosine of the best chunk; below it, the run has no evidence. Measure it on your own questions. */
  readonly minScore?: number
}

/** Finds chunks in a collection that `createQdrantIndex` fills. `filter` is a `MetadataFilter`. */
export function qdrantRetriever({ client, collection, embedder, minScore }: QdrantRetrieverOptions): Retriever {
  return {
    minScore,
    async retrieve(query, { topK, filter, scope, signal }) {
      signal.throwIfAborted()
      const allowed = expectFilter(filter)
      // Conditions of `must` can only reduce what the scope allows.
      const must = [{ key: 'scope', match: { any: scopesOf(scope) } }, ...(allowed ? [toQdrantFilter(allowed)] : [])]
      try {
        const [vector = new Float32Array()] = await embedder.embed([query], { purpose: 'query', signal })
        // A vector of zeros, as of an empty query, is near to nothing.
        if (vector.every((number) => number === 0)) return []
        const search = { query: [...vector], filter: { must }, limit: topK, with_payload: ['chunk'] }
        // `client.query` takes no signal. `fetch` leaves its listener on the signal that it gets, so it gets one of its own.
        const request = { signal: AbortSignal.any([signal]) }
        const { data } = await client.api().queryPoints({ collection_name: collection, ...search }, request)
        if (!data.result) throw new Error('The server answered with something other than a result')
        return data.result.points.map(({ payload, score }) => ({ chunk: toChunk(payload), score }))
      } catch (cause) {
        signal.throwIfAborted()
        throw new ChatError(`Cannot search the collection ${collection} of Qdrant`, { code: 'retrieval-failed', cause })
      }
    },
  }
}

/** The scopes that a run may read: its own, and that of the documents for everybody. */
function scopesOf(scope: string | undefined): string[] {
  if (scope !== undefined && typeof scope !== 'string') throw new TypeError('Cannot search: the scope is not a string')
  return scope === undefined ? [''] : ['', scope]
}

function toChunk(payload: Readonly<Record<string, unknown>> | null | undefined): Chunk {
  const chunk = payload?.['chunk']
  if (typeof chunk !== 'object' || chunk === null) throw new Error('A point of the collection has no chunk')
  // Written by `createQdrantIndex`.
  return chunk as Chunk
}
