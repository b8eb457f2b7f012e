import { searchTermIndexes, type TermHit } from '../../search/search-term-indexes.ts'
import type { VectorHit } from '../../search/search-blocks.ts'
import type { VectorIndex } from '../../search/vector-index.ts'
import type { ChunkHit, SearchScope, TermSearch, VectorSearch } from '../knowledge-store.ts'
import { compareBytes, expectFilter, matchesFilter } from '../metadata-filter.ts'
import { chunksOf, documentOf, type DocumentEntry } from './document-entry.ts'
import type { ScopeIndex } from './scope-index.ts'

/** Returns the best chunks of several scopes by their terms. */
export function searchTermsOf(scopes: readonly ScopeIndex[], search: TermSearch): readonly ChunkHit[] {
  const found = searchTermIndexes(
    scopes.map(({ terms }) => terms),
    { weights: search.terms, topK: search.topK, allows: filterOf(scopes, search), order: orderOf(scopes) },
  )
  return found.flatMap((hit) => toChunkHit(scopes, hit))
}

/** Returns the chunks of several scopes with the nearest vectors. */
export function searchVectorsOf(scopes: readonly ScopeIndex[], search: VectorSearch): readonly ChunkHit[] {
  const { topK, vector } = search
  const allows = filterOf(scopes, search)
  const order = orderOf(scopes)
  return scopes
    .flatMap(({ vectors }, index) => {
      const mayFind = allows && ((id: number) => allows(index, id))
      const found = vectors && topK > 0 ? searchWithTies(vectors, vector, { topK, allows: mayFind }) : []
      return found.map(({ id, score }) => ({ index, id, score }))
    })
    .sort((a, b) => b.score - a.score || order(a, b))
    .slice(0, topK)
    .flatMap((hit) => toChunkHit(scopes, hit))
}

/** Returns the nearest rows and all that are as near as the last one, because rows have no order of their own. */
function searchWithTies(
  vectors: VectorIndex,
  query: Float32Array,
  { topK, allows }: { readonly topK: number; readonly allows: ((id: number) => boolean) | undefined },
): readonly VectorHit[] {
  for (let wanted = topK + 1; ; wanted *= 2) {
    const found = vectors.search(query, { topK: wanted, ...(allows && { allows }) })
    const last = found.at(-1)
    if (found.length < wanted || found[topK - 1]?.score !== last?.score) return found
  }
}

/** Returns the test of a row by the filter of a search, which asks once for each document. */
function filterOf(scopes: readonly ScopeIndex[], search: SearchScope) {
  const filter = expectFilter(search.filter)
  if (!filter) return undefined
  const allowed = new Map<DocumentEntry, boolean>()
  return (index: number, row: number): boolean => {
    const owner = scopes[index]?.ownerOf(row)
    if (!owner) return false
    let isAllowed = allowed.get(owner)
    if (isAllowed === undefined) {
      isAllowed = matchesFilter(documentOf(owner), filter)
      allowed.set(owner, isAllowed)
    }
    return isAllowed
  }
}

type Row = Pick<TermHit, 'index' | 'id'>

/** Returns the order of chunks with equal scores: by scope, document and position. */
function orderOf(scopes: readonly ScopeIndex[]) {
  return (a: Row, b: Row): number => {
    const [one, other] = [scopes[a.index], scopes[b.index]]
    if (one !== other) return compareBytes(one?.scope ?? '', other?.scope ?? '')
    const [owner, otherOwner] = [one?.ownerOf(a.id), other?.ownerOf(b.id)]
    // The rows of a document are in the order of its chunks.
    return owner === otherOwner ? a.id - b.id : compareBytes(owner?.documentId ?? '', otherOwner?.documentId ?? '')
  }
}

function toChunkHit(scopes: readonly ScopeIndex[], { index, id, score }: TermHit): readonly ChunkHit[] {
  const owner = scopes[index]?.ownerOf(id)
  const position = id - (owner?.firstRow ?? 0)
  const chunk = owner && chunksOf(owner)[position]
  return owner && chunk ? [{ document: documentOf(owner), chunk, position, score }] : []
}
