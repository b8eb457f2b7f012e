import { MAX_VARINT_BYTES, readVarint, writeVarint, type ByteCursor } from './knowledge-bytes.ts'

/** A term and the chunks of a block that have it. */
export interface TermPostings {
  /** The term. */
  readonly term: string
  /** For each chunk with the term, in ascending order: its index in the block, and how often it has the term. */
  readonly postings: number[]
}

/** The terms of a block, divided into buckets by their hash: one row of the database for each bucket. */
export interface PostingBuckets {
  /** Number of buckets; a power of two. */
  readonly size: number
  /** The bucket and the encoded terms of each row. Empty buckets have none. */
  readonly rows: readonly { readonly bucket: number; readonly data: Uint8Array }[]
}

// A row of about 500 bytes: several fit into a page of the database, and a search reads few terms that it does not need.
const TERMS_PER_BUCKET = 32

/** Maximum number of buckets of a block. */
export const MAX_BUCKETS = 0x1_0000

/** Divides the terms of a block into buckets. */
export function toBuckets(terms: readonly TermPostings[]): PostingBuckets {
  let size = 1
  while (size * TERMS_PER_BUCKET < terms.length && size < MAX_BUCKETS) size *= 2
  const buckets = Array.from({ length: size }, (): TermPostings[] => [])
  for (const term of terms) buckets[bucketOf(term.term, size)]?.push(term)
  const cursor = { data: new Uint8Array(0), at: 0 }
  const rows = buckets.flatMap((terms, bucket) =>
    terms.length === 0 ? [] : [{ bucket, data: encodeBucket(cursor, terms) }],
  )
  return { size, rows }
}

/** Returns the FNV-1a hash of a term, an integer from 0. */
export function hashOf(term: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x0100_0193)
  // The low bits choose the bucket: mix the high bits in.
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Returns the bucket of a term. */
export function bucketOf(term: string, size: number): number {
  return hashOf(term) & (size - 1)
}

/** Each term: its length and bytes, the number of chunks, the length of the list, and the list of chunks and counts. */
function encodeBucket(cursor: { data: Uint8Array; at: number }, terms: readonly TermPostings[]): Uint8Array {
  const numbers = terms.reduce((sum, { term, postings }) => sum + 3 + postings.length + term.length, 0)
  // The buffer is used for all buckets of a block.
  if (cursor.data.length < numbers * MAX_VARINT_BYTES) cursor.data = new Uint8Array(2 * numbers * MAX_VARINT_BYTES)
  cursor.at = 0
  for (const { term, postings } of terms) {
    writeTerm(cursor, term)
    writeVarint(cursor, postings.length / 2)
    writeVarint(cursor, sizeOf(postings))
    let previous = -1
    for (let at = 0; at < postings.length; at += 2) {
      const index = postings[at] ?? 0
      writeVarint(cursor, index - previous - 1)
      writeVarint(cursor, postings[at + 1] ?? 0)
      previous = index
    }
  }
  return cursor.data.slice(0, cursor.at)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function writeTerm(cursor: ByteCursor, term: string): void {
  const start = cursor.at
  writeVarint(cursor, term.length)
  for (let at = 0; at < term.length; at++) {
    const unit = term.charCodeAt(at)
    if (unit >= 0x80) {
      cursor.at = start
      writeBytes(cursor, encoder.encode(term))
      return
    }
    cursor.data[cursor.at++] = unit
  }
}

function writeBytes(cursor: ByteCursor, bytes: Uint8Array): void {
  writeVarint(cursor, bytes.length)
  cursor.data.set(bytes, cursor.at)
  cursor.at += bytes.length
}

function sizeOf(postings: readonly number[]): number {
  let size = 0
  let previous = -1
  for (let at = 0; at < postings.length; at += 2) {
    const index = postings[at] ?? 0
    size += varintSize(index - previous - 1) + varintSize(postings[at + 1] ?? 0)
    previous = index
  }
  return size
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

/** A term of a bucket, still encoded. */
export interface EncodedPostings {
  /** Number of chunks with the term. */
  readonly count: number
  /** Bytes of the bucket. */
  readonly data: Uint8Array
  /** Index of the first byte of the list of chunks. */
  readonly start: number
}

/** Finds a term, in UTF-8, in a bucket. */
export function findTerm(data: Uint8Array, term: Uint8Array): EncodedPostings | undefined {
  const cursor = { data, at: 0 }
  while (cursor.at < data.length) {
    const length = readVarint(cursor)
    const isSame = length === term.length && startsWith(data, cursor.at, term)
    cursor.at += length
    const count = readVarint(cursor)
    const bytes = readVarint(cursor)
    if (isSame) return { count, data, start: cursor.at }
    cursor.at += bytes
  }
  return undefined
}

function startsWith(data: Uint8Array, start: number, term: Uint8Array): boolean {
  for (let at = 0; at < term.length; at++) if (data[start + at] !== term[at]) return false
  return true
}

/** Returns all terms of a bucket. */
export function decodeBucket(data: Uint8Array): readonly TermPostings[] {
  const terms: TermPostings[] = []
  const cursor = { data, at: 0 }
  while (cursor.at < data.length) {
    const length = readVarint(cursor)
    const term = decoder.decode(data.subarray(cursor.at, cursor.at + length))
    cursor.at += length
    const count = readVarint(cursor)
    readVarint(cursor)
    // Most terms are in one chunk. A list that is written out has no room to grow, and takes a tenth of the memory.
    const postings = count > 0 ? [readVarint(cursor), readVarint(cursor)] : []
    let index = postings[0] ?? 0
    for (let left = count - 1; left > 0; left--) {
      index += readVarint(cursor) + 1
      postings.push(index, readVarint(cursor))
    }
    terms.push({ term, postings })
  }
  return terms
}
