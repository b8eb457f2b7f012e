import { rowBytesOf } from '../../knowledge/search/vector-row.ts'
import { REBUILD, REPLACE } from './knowledge-damage.ts'
import { inspectBlocks } from './knowledge-inspect-blocks.ts'
import { findIndexRow, type DocumentRow, type IndexRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

/** Maximum number of sentences of each kind. */
const MAX_SENTENCES = 20

/** Returns a sentence for each inconsistency of the index. Call it in a transaction. */
export function inspectIndex(sql: Sql): readonly string[] {
  const damages = inspectFile(sql)
  // A damaged file may answer the other questions in any way.
  if (damages.length > 0) return damages.map((sentence) => `${sentence}. ${REPLACE}`)
  return inspectTables(sql).map((sentence) => `${sentence}. ${REBUILD}`)
}

function inspectTables(sql: Sql): readonly string[] {
  const row = findIndexRow(sql)
  if (!row) return ['The row of the state is missing']
  return [
    ...inspectCounts(sql, row),
    ...inspectRows(sql, 'chunks', 'id'),
    ...(row.dimensions === null ? [] : inspectRows(sql, 'vectors', 'chunk')),
    ...inspectLeftovers(sql, row),
    ...inspectVectorLengths(sql, row),
    ...inspectBlocks(sql, row.dimensions === null ? 0 : rowBytesOf(row.dimensions)).slice(0, MAX_SENTENCES),
  ]
}

function inspectFile(sql: Sql): readonly string[] {
  const rows = sql.all<{ readonly integrity_check: string }>(`pragma integrity_check(${MAX_SENTENCES})`)
  return rows.flatMap(({ integrity_check: found }) =>
    found === 'ok' ? [] : [`SQLite finds the file damaged: ${found}`],
  )
}

function inspectCounts(sql: Sql, row: IndexRow): readonly string[] {
  const documents = countOf(sql, 'documents')
  const chunks = countOf(sql, 'chunks')
  return [
    ...(documents === row.documents ? [] : [`The index has ${documents} documents instead of ${row.documents}`]),
    ...(chunks === row.chunks ? [] : [`The index has ${chunks} chunks instead of ${row.chunks}`]),
  ]
}

/** Finds documents without all of their chunks, or without all of the vectors of their chunks. */
function inspectRows(sql: Sql, table: 'chunks' | 'vectors', id: string): readonly string[] {
  const rows = sql.all<Pick<DocumentRow, 'scope' | 'document_id' | 'chunks'> & { readonly found: number }>(
    `select scope, document_id, chunks, (select count(*) from ragwire_${table}
      where ${id} >= first_chunk and ${id} < first_chunk + chunks) as found
    from ragwire_documents where found <> chunks limit ${MAX_SENTENCES}`,
  )
  return rows.map(({ scope, document_id: documentId, chunks, found }) => {
    return `Document '${documentId}' of scope '${scope}' has ${found} of its ${chunks} ${table}`
  })
}

/** Finds rows that belong to no document or to no block. */
function inspectLeftovers(sql: Sql, row: IndexRow): readonly string[] {
  const { owned } = sql.get<{ readonly owned: number }>(
    'select coalesce(sum(chunks), 0) as owned from ragwire_documents',
  ) ?? { owned: 0 }
  const blocks = 'select id from ragwire_blocks'
  const extra: readonly (readonly [string, number])[] = [
    ['chunks that belong to no document', countOf(sql, 'chunks') - owned],
    ['chunks that are no JSON', countOf(sql, 'chunks', 'where not json_valid(record)')],
    ['vectors that belong to no document', countOf(sql, 'vectors') - (row.dimensions === null ? 0 : owned)],
    ['rows of terms that belong to no block', countOf(sql, 'postings', `where id / 65536 not in (${blocks})`)],
    ['rows of packed vectors that belong to no block', countOf(sql, 'codes', `where block not in (${blocks})`)],
  ]
  return extra.flatMap(([what, count]) => (count > 0 ? [`The index has ${count} ${what}`] : []))
}

function inspectVectorLengths(sql: Sql, { dimensions }: IndexRow): readonly string[] {
  const wrong = countOf(sql, 'vectors', `where length(vector) <> ${4 * (dimensions ?? 0)}`)
  return wrong === 0 ? [] : [`The index has ${wrong} vectors that do not have ${dimensions ?? 0} numbers`]
}

function countOf(sql: Sql, table: string, where = ''): number {
  return sql.get<{ readonly n: number }>(`select count(*) as n from ragwire_${table} ${where}`)?.n ?? 0
}
