import { isChatError } from '../../core/vocabulary/chat-error.ts'
import type { RetrieveOptions, Retriever } from '../../core/vocabulary/retriever.ts'
import { otherEmbedder } from '../options/embedding-space.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'
import { fuseRanks } from './fuse-ranks.ts'
import type { ResolvedRetrieverOptions } from './retriever-options.ts'
import { withSharedScope } from '../store/with-shared-scope.ts'
import { expectFilter } from '../store/metadata-filter.ts'
import type { ChunkHit, IndexState, SearchScope } from '../store/knowledge-store.ts'
import { withComparableScores } from '../search/with-comparable-scores.ts'
import { toRetrievedChunk } from './to-retrieved-chunk.ts'
import { keyOf, searchInLanguages } from './search-in-languages.ts'
import { withNeighbours } from './with-neighbours.ts'

type Options = ResolvedKnowledgeOptions & ResolvedRetrieverOptions

// A chunk with a smaller share of the best score has only an accidental word in common with the query.
const LOWEST_SHARE_OF_BEST = 0.25

/** Creates a retriever over the index. */
export function createRetriever(options: Options): Retriever {
  const { store, mode, minScore, minSimilarity, readableScopes, neighbours } = options
  // The score of a merged list says nothing about evidence, so `searchBoth` applies both minimums itself.
  const gate = { lexical: minScore, vector: minSimilarity, hybrid: undefined }[mode]
  const search = { lexical: searchTerms, vector: searchVectors, hybrid: searchBoth }[mode]
  return {
    ...(gate !== undefined && { minScore: gate }),
    async retrieve(query, { topK, filter, scope, signal }) {
      signal.throwIfAborted()
      const checked = expectFilter(filter)
      const scopes = withSharedScope(readableScopes(scope))
      const state = await store.state({ signal })
      const within = { scopes, topK, ...(checked && { filter: checked }) }
      const hits = await search(options, { query, state, within, signal })
      const found = hits.slice(0, topK).map((hit) => toRetrievedChunk(hit, state.revision))
      return neighbours === 0 ? found : withNeighbours(found, { hits, neighbours, store, signal })
    },
  }
}

async function searchTerms({ store }: Options, search: Search): Promise<readonly ChunkHit[]> {
  const hits = await searchInLanguages({ ...search, store })
  const lowest = (hits[0]?.score ?? 0) * LOWEST_SHARE_OF_BEST
  return withComparableScores(hits.filter(({ score }) => score >= lowest))
}

interface Search extends Pick<RetrieveOptions, 'signal'> {
  readonly query: string
  readonly state: IndexState
  readonly within: SearchScope
}

async function searchVectors(options: Options, { query, state, within, signal }: Search): Promise<readonly ChunkHit[]> {
  const { store, embedTexts, embedderId } = options
  // An index without vectors is empty, or was made by words only.
  if (!state.embedding || !embedTexts) return []
  if (state.embedding.embedderId !== embedderId) throw otherEmbedder(state.embedding, embedderId)
  const [vector] = await embedTexts([query], { purpose: 'query', signal })
  if (!vector) return []
  if (isChatError(vector)) throw vector
  if (vector.length !== state.embedding.dimensions)
    throw otherEmbedder(state.embedding, `${embedderId} (${vector.length} numbers)`)
  // The zero vector has no direction: every chunk would be equally near.
  if (vector.every((value) => value === 0)) return []
  return store.searchVectors({ ...within, vector }, { signal })
}

async function searchBoth(options: Options, search: Search): Promise<readonly ChunkHit[]> {
  const { minScore, minSimilarity = -Infinity, pool, vectorWeight } = options
  const deep = { ...search, within: { ...search.within, topK: Math.max(pool, search.within.topK) } }
  const [byTerms, byVectors] = await Promise.all([searchTerms(options, deep), searchVectors(options, deep)])
  const isEvidence = reaches(byTerms, minScore) || reaches(byVectors, minSimilarity)
  if (!isEvidence) return []
  const lists = [
    { items: byTerms, weight: 1 },
    { items: byVectors, weight: vectorWeight },
  ]
  return fuseRanks(lists, keyOf)
}

function reaches([best]: readonly ChunkHit[], minimum: number): boolean {
  return best !== undefined && best.score >= minimum
}
