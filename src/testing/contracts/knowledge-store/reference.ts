import { createScorer } from '../../../knowledge/search/bm25.ts'
import type {
  ChunkHit,
  IndexedChunk,
  IndexedDocument,
  SearchScope,
  TermSearch,
  VectorSearch,
} from '../../../knowledge/store/knowledge-store.ts'
import { compareBytes, matchesFilter } from '../../../knowledge/store/metadata-filter.ts'
import { storedChunk, storedDocument } from './build.ts'

interface Place {
  readonly document: IndexedDocument
  readonly chunk: IndexedChunk
  readonly position: number
}

/** Returns all chunks that a search by terms must find, by a scan of all documents. */
export function scanTerms(
  documents: readonly IndexedDocument[],
  search: Omit<TermSearch, 'topK'>,
): readonly ChunkHit[] {
  const places = placesOf(documents, search)
  const lengths = places.map(({ chunk }) => new Set(chunk.terms).size)
  const { scoreOf } = createScorer({
    total: places.length,
    averageLength: lengths.reduce((sum, length) => sum + length, 0) / places.length,
    weights: search.terms,
    frequencyOf: (term) => places.filter(({ chunk }) => chunk.terms.includes(term)).length,
  })
  return rank(search, places, ({ chunk }, index) => {
    const counts = countsOf(chunk.terms)
    const found = [...search.terms.keys()].filter((term) => counts.has(term))
    if (found.length === 0) return undefined
    return found.reduce((sum, term) => sum + scoreOf(term, counts.get(term) ?? 0, lengths[index] ?? 0), 0)
  })
}

/** Returns all chunks that a search by a vector must find, by a scan of all documents. */
export function scanVectors(
  documents: readonly IndexedDocument[],
  search: Omit<VectorSearch, 'topK'>,
): readonly ChunkHit[] {
  return rank(search, placesOf(documents, search), ({ chunk }) =>
    chunk.vector?.reduce((sum, number, index) => sum + number * (search.vector[index] ?? 0), 0),
  )
}

function placesOf(documents: readonly IndexedDocument[], { scopes }: Pick<SearchScope, 'scopes'>): readonly Place[] {
  return documents
    .filter(({ scope }) => scopes.includes(scope))
    .flatMap((document) => document.chunks.map((chunk, position) => ({ document, chunk, position })))
}

function rank(
  { filter }: Pick<SearchScope, 'filter'>,
  places: readonly Place[],
  scoreOf: (place: Place, index: number) => number | undefined,
): readonly ChunkHit[] {
  return places
    .flatMap((place, index) => {
      const { document, chunk, position } = place
      const score = scoreOf(place, index)
      if (score === undefined || !matchesFilter(document, filter)) return []
      return [{ document: storedDocument(document), chunk: storedChunk(chunk), position, score }]
    })
    .toSorted(
      (a, b) =>
        b.score - a.score ||
        compareBytes(a.document.scope, b.document.scope) ||
        compareBytes(a.document.documentId, b.document.documentId) ||
        a.position - b.position,
    )
}

function countsOf(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}
