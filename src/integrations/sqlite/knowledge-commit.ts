import { spaceAfter } from '../../knowledge/store/check-change.ts'
import { packVector } from '../../knowledge/search/vector-row.ts'
import type { DocumentKey, IndexChange, IndexState, IndexedDocument } from '../../knowledge/store/knowledge-store.ts'
import { BLOCK_COLUMNS, decodeBlock, decodeDocuments, encodeDocuments, type BlockRow } from './knowledge-block.ts'
import { concatenate } from './knowledge-bytes.ts'
import { compact } from './knowledge-compact.ts'
import type { TermPostings } from './knowledge-postings.ts'
import {
  chunkRecord,
  documentRecord,
  readIndexRow,
  readIndexRowToClear,
  toState,
  writeIndexRow,
  type DocumentRow,
} from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'
import { writeBlock, type Writing } from './knowledge-writer.ts'

/** The documents of a change in one scope, with what can be computed before the database is locked. */
interface ScopeDocuments {
  readonly scope: string
  readonly documents: readonly IndexedDocument[]
  readonly lengths: readonly number[]
  readonly terms: readonly TermPostings[]
  readonly codes: Uint8Array | undefined
}

/** A change that is ready to be applied. */
export interface PreparedChange extends IndexChange {
  /** The documents by scope. */
  readonly byScope: readonly ScopeDocuments[]
}

/** Computes what does not depend on the index, so that the database is locked for a shorter time. */
export function prepareChange(change: IndexChange): PreparedChange {
  const scopes = Map.groupBy(change.documents ?? [], ({ scope }) => scope)
  return { ...change, byScope: [...scopes].map(([scope, documents]) => prepareScope(scope, documents)) }
}

function prepareScope(scope: string, documents: readonly IndexedDocument[]): ScopeDocuments {
  const chunks = documents.flatMap((document) => document.chunks)
  const postings = new Map<string, number[]>()
  const lengths = chunks.map((chunk, index) => countTerms(postings, chunk.terms, index))
  const terms = Array.from(postings, ([term, postings]) => ({ term, postings }))
  const vectors = chunks.flatMap(({ vector }) => vector ?? [])
  const codes = vectors.length === 0 ? undefined : concatenate(vectors.map(packVector))
  return { scope, documents, lengths, terms, codes }
}

/** Adds the terms of a chunk to the postings, and returns how many are distinct. */
function countTerms(postings: Map<string, number[]>, terms: readonly string[], index: number): number {
  let distinct = 0
  for (const term of terms) {
    const known = postings.get(term)
    // The last two numbers are those of the latest chunk with the term.
    if (known && known[known.length - 2] === index) {
      known[known.length - 1] = (known[known.length - 1] ?? 0) + 1
      continue
    }
    distinct += 1
    if (known) known.push(index, 1)
    else postings.set(term, [index, 1])
  }
  return distinct
}

/** Applies a change and returns the state after it. Call it in a transaction. */
export function applyChange(sql: Sql, change: PreparedChange): IndexState {
  const before = change.clear ? readIndexRowToClear(sql) : readIndexRow(sql)
  const space = spaceAfter(change, toState(before))
  const writing: Writing = {
    sql,
    row: {
      ...before,
      revision: crypto.randomUUID(),
      commits: before.commits + 1,
      embedder_id: space?.embedderId ?? null,
      dimensions: space?.dimensions ?? null,
    },
  }
  if (change.clear) clear(writing)
  const scopes = new Set<string>()
  for (const key of [...(change.removals ?? []), ...(change.documents ?? [])]) {
    if (removeDocument(writing, key)) scopes.add(key.scope)
  }
  for (const { scope, documents, lengths, terms, codes } of change.byScope) {
    const added = documents.map((document) => addDocument(writing, document)).filter(({ chunks }) => chunks > 0)
    if (added.length > 0) writeBlock(writing, { scope, documents: added, lengths, terms, codes })
    scopes.add(scope)
  }
  for (const { scope, documentId, hash, version } of change.versions ?? []) {
    sql.run(
      'update ragwire_documents set version = ? where scope = ? and document_id = ? and hash = ?',
      version ?? null,
      scope,
      documentId,
      hash,
    )
  }
  for (const scope of scopes) compact(writing, scope)
  writeIndexRow(sql, writing.row)
  return toState(writing.row)
}

function clear(writing: Writing): void {
  for (const table of ['documents', 'chunks', 'vectors', 'blocks', 'postings', 'codes']) {
    writing.sql.run(`delete from ragwire_${table}`)
  }
  writing.row = { ...writing.row, documents: 0, chunks: 0 }
}

/** Removes a document. Returns false if it is not there. */
function removeDocument(writing: Writing, { scope, documentId }: DocumentKey): boolean {
  const { sql, row } = writing
  const found = sql.get<Pick<DocumentRow, 'id' | 'block' | 'first_chunk' | 'chunks'>>(
    'select id, block, first_chunk, chunks from ragwire_documents where scope = ? and document_id = ?',
    scope,
    documentId,
  )
  if (!found) return false
  const { id, block, first_chunk: first, chunks } = found
  sql.run('delete from ragwire_documents where id = ?', id)
  sql.run('delete from ragwire_chunks where id >= ? and id < ?', first, first + chunks)
  sql.run('delete from ragwire_vectors where chunk >= ? and chunk < ?', first, first + chunks)
  if (block !== null) removeFromBlock(writing, block, id)
  writing.row = { ...row, documents: row.documents - 1, chunks: row.chunks - chunks }
  return true
}

/** Marks the document of a block as removed. Its terms stay until the block is compacted. */
function removeFromBlock({ sql, row }: Writing, block: number, id: number): void {
  const blockRow = sql.get<BlockRow>(`select ${BLOCK_COLUMNS} from ragwire_blocks where id = ?`, block)
  // Without its block a damaged index holds nothing more of the document.
  if (!blockRow) return
  const { documents, owners, lengths } = decodeBlock(blockRow)
  const at = documents.findIndex((document) => document.id === id)
  const lost = [...lengths].filter((_, index) => owners[index] === at)
  const rest = decodeDocuments(blockRow.documents).map((document) =>
    document.id === id ? { ...document, id: 0 } : document,
  )
  sql.run(
    'update ragwire_blocks set changed = ?, live = live - ?, length = length - ?, documents = ? where id = ?',
    row.commits,
    lost.length,
    lost.reduce((sum, length) => sum + length, 0),
    encodeDocuments(rest),
    block,
  )
}

function addDocument(writing: Writing, document: IndexedDocument) {
  const { sql, row } = writing
  const { scope, documentId, hash, version, chunks } = document
  const [id, firstChunk] = [row.next_document, row.next_chunk]
  sql.run(
    `insert into ragwire_documents (id, scope, document_id, hash, version, first_chunk, chunks, record)
    values (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    scope,
    documentId,
    hash,
    version ?? null,
    firstChunk,
    chunks.length,
    documentRecord(document),
  )
  for (const [position, chunk] of chunks.entries()) {
    sql.run('insert into ragwire_chunks (id, record) values (?, ?)', firstChunk + position, chunkRecord(chunk))
    if (chunk.vector) {
      sql.run('insert into ragwire_vectors (chunk, vector) values (?, ?)', firstChunk + position, bytesOf(chunk.vector))
    }
  }
  writing.row = {
    ...row,
    next_document: id + 1,
    next_chunk: firstChunk + chunks.length,
    documents: row.documents + 1,
    chunks: row.chunks + chunks.length,
  }
  return { id, firstChunk, chunks: chunks.length }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
