import { matchesFilter, type MetadataFilter } from '../../knowledge/store/metadata-filter.ts'
import type { StoredDocument } from '../../knowledge/store/knowledge-store.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import { fieldsOf, type DocumentRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

/** Decides which documents a filter allows. */
export interface DocumentFilters {
  /** Returns a function that tells if the filter allows the document of a row; `undefined` if it allows all documents. */
  of(filter: MetadataFilter | undefined): ((id: number) => boolean) | undefined
}

type FilteredFields = Pick<StoredDocument, 'documentId' | 'metadata'>

// Filters often look at the same documents. Some megabytes of memory.
const MAX_KNOWN_DOCUMENTS = 10_000

/** Reads documents as filters need them, and keeps the fields of some in memory. */
export function createDocumentFilters(sql: Sql): DocumentFilters {
  // Never stale, because ids are never used twice and these fields of a row never change.
  const known = new Map<number, FilteredFields>()

  function fieldsOfRow(id: number): FilteredFields {
    const earlier = known.get(id)
    if (earlier) return earlier
    const row = sql.get<Pick<DocumentRow, 'document_id' | 'record'>>(
      'select document_id, record from ragwire_documents where id = ?',
      id,
    )
    if (!row) throw new DamagedIndexError(`document ${id} is missing`)
    if (known.size >= MAX_KNOWN_DOCUMENTS) known.clear()
    const fields = { documentId: row.document_id, metadata: fieldsOf(row.record).metadata }
    known.set(id, fields)
    return fields
  }

  return {
    of(filter) {
      if (!filter || Object.keys(filter).length === 0) return undefined
      const allowed = new Map<number, boolean>()
      return (id) => {
        const decided = allowed.get(id)
        if (decided !== undefined) return decided
        const allows = matchesFilter(fieldsOfRow(id), filter)
        allowed.set(id, allows)
        return allows
      }
    },
  }
}
