import { createTopHits } from '../../knowledge/search/top-hits.ts'
import type { ChunkHit, StoredDocument } from '../../knowledge/store/knowledge-store.ts'
import { compareBytes } from '../../knowledge/store/metadata-filter.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import { toChunk, toDocument, type DocumentRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

/** A chunk that a search found. */
export interface FoundChunk {
  /** The row of its document. */
  readonly document: number
  /** Index of the chunk in its document. */
  readonly position: number
  /** Its score. */
  readonly score: number
}

/** Collects the best chunks of a search. */
export interface Hits {
  /** The lowest score that a further chunk can have. */
  readonly lowestScore: number
  /** Adds a chunk if it is among the best so far. */
  add(found: FoundChunk): void
  /** Reads the best chunks, the best first, equal scores by document and position. */
  read(): readonly ChunkHit[]
}

/** Creates an empty {@link Hits} for at most `topK` chunks. */
export function createHits(sql: Sql, topK: number): Hits {
  const rows = new Map<number, DocumentRow>()
  const documents = new Map<number, StoredDocument>()
  const top = createTopHits<FoundChunk>(topK, order)

  function rowOf(id: number): DocumentRow {
    const row = rows.get(id) ?? sql.get<DocumentRow>('select * from ragwire_documents where id = ?', id)
    if (!row) throw new DamagedIndexError(`document ${id} is missing`)
    rows.set(id, row)
    return row
  }

  function order(a: FoundChunk, b: FoundChunk): number {
    if (a.document === b.document) return a.position - b.position
    const [one, other] = [rowOf(a.document), rowOf(b.document)]
    return compareBytes(one.scope, other.scope) || compareBytes(one.document_id, other.document_id)
  }

  return {
    get lowestScore() {
      return top.lowestScore
    },
    add(found) {
      if (top.takes(found)) top.add(found)
    },
    read: () =>
      top.toSorted().map(({ document: id, position, score }) => {
        const row = rowOf(id)
        const document = documents.get(id) ?? toDocument(row)
        documents.set(id, document)
        return { document, chunk: chunkOf(sql, row, position), position, score }
      }),
  }
}

function chunkOf(sql: Sql, { first_chunk: first, document_id: documentId }: DocumentRow, position: number) {
  const row = sql.get<{ readonly record: string }>('select record from ragwire_chunks where id = ?', first + position)
  if (!row) throw new DamagedIndexError(`chunk ${position} of document '${documentId}' is missing`)
  return toChunk(row.record)
}
