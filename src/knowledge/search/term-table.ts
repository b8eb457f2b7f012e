import { grownArray } from './grown-array.ts'

/** The arrays of a {@link TermTable}. */
export interface TermTableParts {
  /** The bytes of all terms, one after the other. */
  readonly bytes: Uint8Array
  /** Offset of the first byte of each term, and the offset after the last term. */
  readonly starts: Uint32Array
  /** The hash table. Its length is a power of two. */
  readonly buckets: Uint32Array
}

/** Gives each distinct term a number, from 0 in the order of arrival. */
export interface TermTable {
  /** Number of terms. */
  readonly size: number
  /** Returns the number of a term, or -1 if it is unknown. */
  find(term: string): number
  /** Returns the number of a term, and adds it if it is unknown. */
  intern(term: string): number
  /** Removes all other terms. The kept ones get new numbers, in the same order. */
  retain(ascendingNumbers: Uint32Array): void
  /** Returns the arrays. They are views that change with the table. */
  parts(): TermTableParts
}

const EMPTY: TermTableParts = { bytes: new Uint8Array(64), starts: new Uint32Array(9), buckets: new Uint32Array(16) }

/**
 * Creates a table of terms. A `Map` of strings takes about 100 bytes a term and is slow to load; here a term takes its
 * bytes and about 10 more, and a saved table is ready at once.
 *
 * @param parts - the arrays of a saved table, which the new one takes over, and its number of terms
 */
export function createTermTable(parts?: TermTableParts & { readonly size: number }): TermTable {
  let { bytes, starts, buckets } = parts ?? {
    bytes: EMPTY.bytes.slice(),
    starts: EMPTY.starts.slice(),
    buckets: EMPTY.buckets.slice(),
  }
  let size = parts?.size ?? 0

  /** Returns the bucket of the term in the first `length` bytes of the scratch, or else the free one for it. */
  function bucketOf(hash: number, length: number): number {
    const mask = buckets.length - 1
    let bucket = hash & mask
    for (let entry = buckets[bucket] ?? 0; entry !== 0; entry = buckets[bucket] ?? 0) {
      // The upper bits hold a part of the hash, so that other terms are rarely compared.
      if (((entry ^ hash) & ~mask) === 0 && isTerm((entry & mask) - 1, length)) return bucket
      bucket = (bucket + 1) & mask
    }
    return bucket
  }

  function isTerm(number: number, length: number): boolean {
    const start = starts[number] ?? 0
    if ((starts[number + 1] ?? 0) - start !== length) return false
    for (let at = 0; at < length; at++) if (bytes[start + at] !== scratch[at]) return false
    return true
  }

  function append(hash: number, length: number): void {
    const start = starts[size] ?? 0
    if (start + length > bytes.length) bytes = grownArray(bytes, start + length)
    for (let at = 0; at < length; at++) bytes[start + at] = scratch[at] ?? 0
    size += 1
    if (size >= starts.length) starts = grownArray(starts, size + 1)
    starts[size] = start + length
    if (size > buckets.length * MAX_LOAD) rehash(buckets.length * 2)
    else place(bucketOf(hash, length), hash, size)
  }

  function place(bucket: number, hash: number, entry: number): void {
    buckets[bucket] = (hash & ~(buckets.length - 1)) | entry
  }

  function rehash(length: number): void {
    buckets = new Uint32Array(length)
    for (let number = 0; number < size; number++) {
      const hash = hashOf(bytes, starts[number] ?? 0, starts[number + 1] ?? 0)
      let bucket = hash & (length - 1)
      while (buckets[bucket] !== 0) bucket = (bucket + 1) & (length - 1)
      place(bucket, hash, number + 1)
    }
  }

  return {
    get size() {
      return size
    },
    find(term) {
      const length = encode(term)
      const bucket = bucketOf(hashOf(scratch, 0, length), length)
      return ((buckets[bucket] ?? 0) & (buckets.length - 1)) - 1
    },
    intern(term) {
      const length = encode(term)
      const hash = hashOf(scratch, 0, length)
      const entry = buckets[bucketOf(hash, length)] ?? 0
      if (entry !== 0) return (entry & (buckets.length - 1)) - 1
      append(hash, length)
      return size - 1
    },
    retain(ascendingNumbers) {
      let end = 0
      let kept = 0
      for (const number of ascendingNumbers) {
        const [from = 0, to = 0] = [starts[number], starts[number + 1]]
        bytes.copyWithin(end, from, to)
        starts[kept] = end
        end += to - from
        kept += 1
      }
      size = kept
      starts = starts.slice(0, size + 1)
      starts[size] = end
      bytes = bytes.slice(0, end)
      rehash(2 ** Math.max(4, Math.ceil(Math.log2((size + 1) / MAX_LOAD))))
    },
    parts: () => ({ bytes: bytes.subarray(0, starts[size]), starts: starts.subarray(0, size + 1), buckets }),
  }
}

// With linear probing, an unknown term is noticed after two or three steps.
const MAX_LOAD = 0.65

// The bytes of the term at hand. No call is left before it has been read.
let scratch = new Uint8Array(256)

/** Writes each UTF-16 unit as one to three bytes, also an unpaired surrogate. Returns the number of bytes. */
function encode(term: string): number {
  const { length } = term
  if (scratch.length < length * 3) scratch = new Uint8Array(length * 6)
  let end = 0
  for (let at = 0; at < length; at++) {
    const unit = term.charCodeAt(at)
    if (unit < 0x80) scratch[end++] = unit
    else {
      if (unit < 0x800) scratch[end++] = 0xc0 | (unit >> 6)
      else {
        scratch[end++] = 0xe0 | (unit >> 12)
        scratch[end++] = 0x80 | ((unit >> 6) & 0x3f)
      }
      scratch[end++] = 0x80 | (unit & 0x3f)
    }
  }
  return end
}

/** FNV-1a, with the last step of MurmurHash3, because the table uses all bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
