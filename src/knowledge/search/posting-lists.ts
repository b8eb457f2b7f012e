import { grownArray } from './grown-array.ts'

/** The arrays of {@link PostingLists}. */
export interface PostingListsParts {
  /** Two numbers a term: the length of its list, and its only posting or its newest block. */
  readonly heads: Uint32Array
  /** The blocks. Each starts with the place of the block before it. */
  readonly entries: Uint32Array
  /** Pairs of a key and a count that is too large for its posting. */
  readonly largeCounts: Float64Array
}

/** A list for each term of the texts that contain it. A posting has the slot of a text and the count of the term in it. */
export interface PostingLists {
  /** Appends a posting. Its slot must be higher than those of the list. */
  append(term: number, slot: number, count: number): void
  /** Returns the number of texts with the term. */
  lengthOf(term: number): number
  /** Returns the postings of a term in the order of their slots. They are valid until the next call. */
  read(term: number): Uint32Array
  /** Returns the count of a posting. */
  countOf(term: number, posting: number): number
  /** Returns the arrays. They are views that change with the lists. */
  parts(terms: number): PostingListsParts
}

/** Maximum number of slots: a posting has 24 bits for the slot and 8 for the count. */
export const MAX_SLOTS = 2 ** 24

/** Returns the slot of a posting. */
export function slotOf(posting: number): number {
  return posting >>> 8
}

// This count stands in a posting for a larger one, which is then in a map.
const LARGE_COUNT = 0xff
const LARGEST_BLOCK = 1024

/**
 * Creates lists of postings. A list with one posting takes no block. Longer ones are chains of blocks, each as large as
 * all before it, so that appending moves nothing and little space is free.
 *
 * @param parts - the arrays of saved lists, which the new ones take over
 */
export function createPostingLists(parts?: PostingListsParts): PostingLists {
  let heads = parts?.heads ?? new Uint32Array(16)
  let entries = parts?.entries ?? new Uint32Array(16)
  let end = parts?.entries.length ?? 0
  const largeCounts = toMap(parts?.largeCounts ?? new Float64Array(0))
  let buffer = new Uint32Array(4)
  // Most lists have one posting.
  const single = new Uint32Array(1)

  function push(term: number, posting: number): void {
    const head = term * 2
    if (head + 1 >= heads.length) heads = grownArray(heads, head + 2)
    const length = heads[head] ?? 0
    const block = heads[head + 1] ?? 0
    heads[head] = length + 1
    if (length === 0) {
      heads[head + 1] = posting
      return
    }
    const before = lengthBeforeBlock(length + 1)
    if (length === 1) {
      heads[head + 1] = addBlock(2, 0)
      entries[end - 2] = block
    } else if (before === length) heads[head + 1] = addBlock(Math.min(length, LARGEST_BLOCK), block)
    entries[(heads[head + 1] ?? 0) + 1 + length - before] = posting
  }

  function addBlock(capacity: number, before: number): number {
    const block = end
    end += capacity + 1
    if (end > entries.length) entries = grownArray(entries, end)
    entries[block] = before
    return block
  }

  function read(term: number): Uint32Array {
    let length = heads[term * 2] ?? 0
    let block = heads[term * 2 + 1] ?? 0
    if (length === 1) {
      single[0] = block
      return single
    }
    const postings = bufferOf(length)
    while (length > 0) {
      const before = lengthBeforeBlock(length)
      for (let at = before; at < length; at++) postings[at] = entries[block + 1 + at - before] ?? 0
      block = entries[block] ?? 0
      length = before
    }
    return postings
  }

  function bufferOf(length: number): Uint32Array {
    if (length > buffer.length) buffer = new Uint32Array(length * 2)
    return buffer.subarray(0, length)
  }

  return {
    append(term, slot, count) {
      push(term, (slot << 8) | Math.min(count, LARGE_COUNT))
      if (count >= LARGE_COUNT) largeCounts.set(keyOf(term, slot), count)
    },
    lengthOf: (term) => heads[term * 2] ?? 0,
    read,
    countOf(term, posting) {
      const count = posting & LARGE_COUNT
      return count < LARGE_COUNT ? count : (largeCounts.get(keyOf(term, slotOf(posting))) ?? count)
    },
    parts: (terms) => ({
      heads: heads.subarray(0, terms * 2),
      entries: entries.subarray(0, end),
      largeCounts: Float64Array.from([...largeCounts].flat()),
    }),
  }
}

/** Returns the number of postings in the blocks before the last one of a list: 0, 2, 4, 8, …, 1024, 2048, 3072, … */
function lengthBeforeBlock(length: number): number {
  if (length <= 2) return 0
  return length <= LARGEST_BLOCK ? 1 << (31 - Math.clz32(length - 1)) : (length - 1) & -LARGEST_BLOCK
}

function keyOf(term: number, slot: number): number {
  return term * MAX_SLOTS + slot
}

function toMap(pairs: Float64Array): Map<number, number> {
  const map = new Map<number, number>()
  for (let at = 0; at + 1 < pairs.length; at += 2) map.set(pairs[at] ?? 0, pairs[at + 1] ?? 0)
  return map
}
