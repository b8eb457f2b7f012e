import type {
  DocumentKey,
  EmbeddingSpace,
  IndexState,
  IndexedChunk,
  ManifestEntry,
  StoredChunk,
  StoredDocument,
} from '../../knowledge/store/knowledge-store.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import type { Sql } from './knowledge-sql.ts'

/** The row of `ragwire_index`. */
export interface IndexRow {
  /** Changes with every commit. */
  readonly revision: string
  /** Number of commits. */
  readonly commits: number
  /** The embedder of the vectors. */
  readonly embedder_id: string | null
  /** Length of the vectors. */
  readonly dimensions: number | null
  /** Number of documents. */
  readonly documents: number
  /** Number of chunks. */
  readonly chunks: number
  /** The next free id of a document. */
  readonly next_document: number
  /** The next free id of a chunk. */
  readonly next_chunk: number
  /** The next free id of a block. */
  readonly next_block: number
}

/** Reads the row of `ragwire_index`. */
export function readIndexRow(sql: Sql): IndexRow {
  const row = findIndexRow(sql)
  if (!row) throw new DamagedIndexError('the row of its state is missing')
  return row
}

/** Reads the row of `ragwire_index`; `undefined` if it is missing. */
export function findIndexRow(sql: Sql): IndexRow | undefined {
  return sql.get<IndexRow>('select * from ragwire_index where id = 1')
}

/** Reads the row of `ragwire_index` for a commit that empties the index. A missing row is replaced. */
export function readIndexRowToClear(sql: Sql): IndexRow {
  const { commits, documents, chunks, blocks } = sql.get<Record<'commits' | 'documents' | 'chunks' | 'blocks', number>>(
    `select (select coalesce(max(changed), 0) from ragwire_blocks) as commits,
      (select coalesce(max(id), 0) from ragwire_documents) as documents,
      (select coalesce(max(id), 0) from ragwire_chunks) as chunks,
      (select coalesce(max(id), 0) from ragwire_blocks) as blocks`,
  ) ?? { commits: 0, documents: 0, chunks: 0, blocks: 0 }
  return (
    findIndexRow(sql) ?? {
      revision: '',
      commits,
      embedder_id: null,
      dimensions: null,
      documents: 0,
      chunks: 0,
      next_document: documents + 1,
      next_chunk: chunks + 1,
      next_block: blocks + 1,
    }
  )
}

/** Writes the row of `ragwire_index`. */
export function writeIndexRow(sql: Sql, row: IndexRow): void {
  const { revision, commits, embedder_id, dimensions, documents, chunks, next_document, next_chunk, next_block } = row
  sql.run(
    `insert or replace into ragwire_index (id, revision, commits, embedder_id, dimensions, documents, chunks,
      next_document, next_chunk, next_block) values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    revision,
    commits,
    embedder_id,
    dimensions,
    documents,
    chunks,
    next_document,
    next_chunk,
    next_block,
  )
}

/** Returns the state of the index. */
export function toState(row: IndexRow): IndexState {
  const embedding = spaceOf(row)
  const { revision, documents, chunks } = row
  return { revision, ...(embedding && { embedding }), documents, chunks }
}

/** Returns the space of the vectors. */
export function spaceOf({ embedder_id: embedderId, dimensions }: IndexRow): EmbeddingSpace | undefined {
  return embedderId === null || dimensions === null ? undefined : { embedderId, dimensions }
}

/** A row of `ragwire_documents`. */
export interface DocumentRow {
  /** Id of the row. */
  readonly id: number
  /** Its scope. */
  readonly scope: string
  /** Its id within the scope. */
  readonly document_id: string
  /** Its hash. */
  readonly hash: string
  /** Its version. */
  readonly version: string | null
  /** Its block. */
  readonly block: number | null
  /** The id of its first chunk. */
  readonly first_chunk: number
  /** Number of its chunks. */
  readonly chunks: number
  /** JSON of title and metadata. */
  readonly record: string
}

/** Returns a document without its chunks. */
export function toDocument({ scope, document_id: documentId, hash, version, record }: DocumentRow): StoredDocument {
  return { scope, documentId, hash, ...(version !== null && { version }), ...fieldsOf(record) }
}

/** Returns the fields of a document that are stored as JSON. */
export function fieldsOf(record: string): Pick<StoredDocument, 'title' | 'metadata'> {
  // Written by `documentRecord`.
  return JSON.parse(record) as Pick<StoredDocument, 'title' | 'metadata'>
}

/** Returns the JSON of the fields of a document that are no columns. */
export function documentRecord({ title, metadata }: StoredDocument): string {
  return JSON.stringify({ title, metadata })
}

/** Returns the JSON of a chunk. */
export function chunkRecord(chunk: IndexedChunk): string {
  const { chunkId, text, start, end, page, section, verbatimEnd, url, rectangles } = chunk
  return JSON.stringify({ chunkId, text, start, end, page, section, verbatimEnd, url, rectangles })
}

/** Returns a chunk. */
export function toChunk(record: string): StoredChunk {
  // Written by `chunkRecord`.
  return JSON.parse(record) as StoredChunk
}

/** Returns entries of a scope in the order of their ids. */
export function readManifest(
  sql: Sql,
  { scope, after = '', limit }: { readonly scope: string; readonly after?: string | undefined; readonly limit: number },
): readonly ManifestEntry[] {
  // No id is empty. `Infinity` becomes the largest exact integer.
  const rows = sql.all<Pick<DocumentRow, 'document_id' | 'hash' | 'version'>>(
    `select document_id, hash, version from ragwire_documents where scope = ? and document_id > ?
    order by document_id limit ?`,
    scope,
    after,
    Math.min(limit, Number.MAX_SAFE_INTEGER),
  )
  return rows.map(({ document_id: documentId, hash, version }) => ({
    scope,
    documentId,
    hash,
    ...(version !== null && { version }),
  }))
}

/** Returns a document with its chunks. */
export function readDocument(sql: Sql, { scope, documentId }: DocumentKey) {
  const row = sql.get<DocumentRow>(
    'select * from ragwire_documents where scope = ? and document_id = ?',
    scope,
    documentId,
  )
  if (!row) return undefined
  const chunks = sql.all<{ readonly record: string }>(
    'select record from ragwire_chunks where id >= ? and id < ? order by id',
    row.first_chunk,
    row.first_chunk + row.chunks,
  )
  return { document: toDocument(row), chunks: chunks.map(({ record }) => toChunk(record)) }
}
