import { decodeIntegers, encodeIntegers } from './knowledge-bytes.ts'
import { DamagedIndexError } from './knowledge-damage.ts'

/** A document in a block. */
export interface BlockDocument {
  /** Its row. 0 if the document was removed. */
  readonly id: number
  /** The id of its first chunk; the others follow. */
  readonly firstChunk: number
  /** Number of its chunks. */
  readonly chunks: number
}

/** A row of `ragwire_blocks`. */
export interface BlockRow {
  /** Id of the block. */
  readonly id: number
  /** Number of buckets of its terms. */
  readonly buckets: number
  /** Number of chunks, including those of removed documents. */
  readonly chunks: number
  /** Number of chunks without those. */
  readonly live: number
  /** Number of distinct terms of all live chunks. */
  readonly length: number
  /** The documents, as {@link encodeDocuments} writes them. */
  readonly documents: Uint8Array
  /** The number of distinct terms of each chunk. */
  readonly lengths: Uint8Array
}

/** The columns of a {@link BlockRow}. */
export const BLOCK_COLUMNS = 'id, buckets, chunks, live, length, documents, lengths'

/** Writes the documents of a block. */
export function encodeDocuments(documents: readonly BlockDocument[]): Uint8Array {
  return encodeIntegers(documents.flatMap(({ id, firstChunk, chunks }) => [id, firstChunk, chunks]))
}

/** Reads the documents of a block. */
export function decodeDocuments(data: Uint8Array): readonly BlockDocument[] {
  const integers = decodeIntegers(data)
  const documents: BlockDocument[] = []
  for (let at = 0; at < integers.length; at += 3) {
    const [id = 0, firstChunk = 0, chunks = 0] = integers.slice(at, at + 3)
    documents.push({ id, firstChunk, chunks })
  }
  return documents
}

/** The chunks of a block, by their index in it. */
export interface BlockChunks {
  /** The documents, without removed ones. */
  readonly documents: readonly BlockDocument[]
  /** For each chunk the index of its document in `documents`; -1 if the document was removed. */
  readonly owners: Int32Array
  /** The index of the first chunk of each document. */
  readonly starts: readonly number[]
  /** The number of distinct terms of each chunk. */
  readonly lengths: readonly number[]
}

/** Reads the chunks of a block. */
export function decodeBlock(row: BlockRow): BlockChunks {
  const owners = new Int32Array(row.chunks).fill(-1)
  const lengths = decodeIntegers(row.lengths)
  const documents: BlockDocument[] = []
  const starts: number[] = []
  let at = 0
  for (const document of decodeDocuments(row.documents)) {
    if (document.id > 0) {
      owners.fill(documents.length, at, at + document.chunks)
      documents.push(document)
      starts.push(at)
    }
    at += document.chunks
  }
  if (at !== row.chunks || lengths.length !== row.chunks) {
    throw new DamagedIndexError(
      `block ${row.id} has ${at} chunks and ${lengths.length} lengths instead of ${row.chunks}`,
    )
  }
  return { documents, owners, starts, lengths }
}
