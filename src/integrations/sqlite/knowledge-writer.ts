import { encodeDocuments, type BlockDocument } from './knowledge-block.ts'
import { encodeIntegers } from './knowledge-bytes.ts'
import { MAX_BUCKETS, toBuckets, type TermPostings } from './knowledge-postings.ts'
import type { IndexRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

/** A commit that is being applied. */
export interface Writing {
  /** Runs the statements. */
  readonly sql: Sql
  /** The state of the index, which the commit changes. */
  row: IndexRow
}

/** A block to write. */
export interface NewBlock {
  /** The scope of its documents. */
  readonly scope: string
  /** Its documents, in the order of their chunks. */
  readonly documents: readonly BlockDocument[]
  /** The number of distinct terms of each chunk. */
  readonly lengths: readonly number[]
  /** The terms of the chunks. */
  readonly terms: readonly TermPostings[]
  /** The packed vectors of the chunks, if the index has vectors. */
  readonly codes?: Uint8Array | undefined
}

/** Writes a block and returns its id. */
export function writeBlock(writing: Writing, { scope, documents, lengths, terms, codes }: NewBlock): number {
  const { sql, row } = writing
  const id = row.next_block
  writing.row = { ...row, next_block: id + 1 }
  const buckets = toBuckets(terms)
  const length = lengths.reduce((sum, length) => sum + length, 0)
  sql.run(
    `insert into ragwire_blocks (id, scope, changed, buckets, chunks, live, length, documents, lengths)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    scope,
    row.commits,
    buckets.size,
    lengths.length,
    lengths.length,
    length,
    encodeDocuments(documents),
    encodeIntegers(lengths),
  )
  for (const { bucket, data } of buckets.rows) {
    sql.run('insert into ragwire_postings (id, data) values (?, ?)', id * MAX_BUCKETS + bucket, data)
  }
  if (codes) sql.run('insert into ragwire_codes (block, data) values (?, ?)', id, codes)
  for (const document of documents) {
    sql.run('update ragwire_documents set block = ? where id = ?', id, document.id)
  }
  return id
}

/** Deletes a block. */
export function deleteBlock({ sql }: Writing, id: number): void {
  sql.run('delete from ragwire_blocks where id = ?', id)
  sql.run('delete from ragwire_postings where id >= ? and id < ?', id * MAX_BUCKETS, (id + 1) * MAX_BUCKETS)
  sql.run('delete from ragwire_codes where block = ?', id)
}
