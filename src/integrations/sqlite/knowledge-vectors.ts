import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { VectorHit } from '../../knowledge/search/search-blocks.ts'
import type { VectorIndex } from '../../knowledge/search/vector-index.ts'
import type { ChunkHit, VectorSearch } from '../../knowledge/store/knowledge-store.ts'
import type { DocumentFilters } from './knowledge-filter.ts'
import { createHits } from './knowledge-hits.ts'
import { readIndexRow, spaceOf } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'
import type { VectorCache } from './knowledge-vector-cache.ts'

/** Searches by a vector, exactly. Call it in a transaction. */
export function searchVectors(
  sql: Sql,
  { cache, filters }: { readonly cache: VectorCache; readonly filters: DocumentFilters },
  { scopes, filter, topK, vector }: VectorSearch,
): readonly ChunkHit[] {
  const row = readIndexRow(sql)
  const space = spaceOf(row)
  if (!space) return []
  if (vector.length !== space.dimensions) {
    const message = `Cannot search by a vector of ${vector.length} numbers`
    throw invalidInput(
      'vector',
      `${message}: the vectors of '${space.embedderId}' have ${space.dimensions}`,
      RangeError,
    )
  }
  const allowsDocument = filters.of(filter)
  if (topK < 1) return []
  const hits = createHits(sql, topK)
  for (const { index, documentOf } of cache.load(row, scopes)) {
    const allows = allowsDocument && ((id: number) => allowsDocument(documentOf(id).id))
    for (const { id, score } of nearest(index, vector, { topK, allows })) {
      const document = documentOf(id)
      hits.add({ document: document.id, position: id - document.firstChunk, score })
    }
  }
  return hits.read()
}

/** Returns the nearest vectors, and all that have the same score as the last one of them. */
function nearest(
  index: VectorIndex,
  vector: Float32Array,
  { topK, allows }: { readonly topK: number; readonly allows: ((id: number) => boolean) | undefined },
): readonly VectorHit[] {
  for (let count = topK + 1; ; count *= 4) {
    const found = index.search(vector, { topK: count, allows })
    if (found.length < count || found.at(-1)?.score !== found[topK - 1]?.score) return found
  }
}
