import { createPostingLists, MAX_SLOTS, slotOf, type PostingLists, type PostingListsParts } from './posting-lists.ts'
import { createTermTable, type TermTable, type TermTableParts } from './term-table.ts'
import { grownArray } from './grown-array.ts'

/** The arrays of a {@link TermIndex} without removed texts. */
export interface TermIndexParts extends TermTableParts, PostingListsParts {
  /** The id of the text in each slot. */
  readonly ids: Uint32Array
  /** The number of distinct terms of the text in each slot. */
  readonly lengths: Uint32Array
}

/** An index of the terms of texts. {@link searchTermIndexes} searches one or several. */
export interface TermIndex {
  /** Number of texts. */
  readonly size: number
  /** Sum over all texts of the number of their distinct terms. */
  readonly totalLength: number
  /** Upper limit of the slots. Each text has one, and keeps it until the next change of the index. */
  readonly slots: number
  /** Returns true if there is a text with this id. */
  has(id: number): boolean
  /**
   * Adds a text with its terms, with repeats.
   *
   * @param id - chosen by the caller, an integer from 0 to 4294967294
   * @throws RangeError when the id is not one, or is in the index
   */
  add(id: number, terms: readonly string[]): void
  /** Removes a text. An unknown id is ignored. */
  remove(id: number): void
  /** Returns the number of texts with a term. */
  frequencyOf(term: string): number
  /** Adds to `scores`, by slot, what a term gives to the texts that contain it. Slots without a text may get a score, too. */
  addScores(term: string, scoreOf: (count: number, length: number) => number, scores: Float64Array): void
  /** Returns the id of the text in a slot, or -1 if it has none. */
  idAt(slot: number): number
  /** Returns the arrays of the index, after removed texts were dropped. They are views that change with the index. */
  parts(): TermIndexParts
}

const NO_TEXT = 0xffff_ffff

/**
 * Creates an index of terms in memory. It holds typed arrays only: about 4 bytes for each occurrence of a term in a text,
 * and the bytes of each distinct term with about 25 more.
 *
 * Removed texts are skipped, and dropped once they are a third of all: then one `remove` takes as long as adding a part
 * of the texts again.
 *
 * @param parts - the arrays of a saved index, which the new one takes over
 */
export function createTermIndex(parts?: TermIndexParts): TermIndex {
  let table = createTermTable(parts && { ...parts, size: parts.starts.length - 1 })
  let lists = createPostingLists(parts)
  let ids = parts?.ids ?? new Uint32Array(4)
  let lengths = parts?.lengths ?? new Uint32Array(4)
  let slots = parts?.ids.length ?? 0
  const slotOfId = new Map<number, number>()
  for (let slot = 0; slot < slots; slot++) slotOfId.set(ids[slot] ?? 0, slot)
  let totalLength = lengths.reduce((sum, length) => sum + length, 0)

  function dropRemoved(): void {
    const newSlots = new Uint32Array(slots)
    let kept = 0
    for (let slot = 0; slot < slots; slot++) {
      const id = ids[slot] ?? NO_TEXT
      if (id === NO_TEXT) {
        newSlots[slot] = NO_TEXT
        continue
      }
      newSlots[slot] = kept
      ids[kept] = id
      lengths[kept] = lengths[slot] ?? 0
      slotOfId.set(id, kept)
      kept += 1
    }
    slots = kept
    ids = ids.slice(0, slots)
    lengths = lengths.slice(0, slots)
    lists = renumber({ table, lists }, newSlots)
  }

  return {
    get size() {
      return slotOfId.size
    },
    get totalLength() {
      return totalLength
    },
    get slots() {
      return slots
    },
    has: (id) => slotOfId.has(id),
    add(id, terms) {
      checkId(id)
      if (slotOfId.has(id)) throw new RangeError(`Cannot add text ${id}: it is in the index; remove it first`)
      if (slots === MAX_SLOTS && slotOfId.size < slots) dropRemoved()
      if (slots === MAX_SLOTS) throw new RangeError(`Cannot add text ${id}: an index holds at most ${MAX_SLOTS} texts`)
      const slot = slots
      slots += 1
      if (slots > ids.length) {
        ids = grownArray(ids, slots)
        lengths = grownArray(lengths, slots)
      }
      ids[slot] = id
      slotOfId.set(id, slot)
      const length = appendAll({ table, lists }, terms, slot)
      lengths[slot] = length
      totalLength += length
    },
    remove(id) {
      const slot = slotOfId.get(id)
      if (slot === undefined) return
      totalLength -= lengths[slot] ?? 0
      ids[slot] = NO_TEXT
      slotOfId.delete(id)
      if (slots - slotOfId.size > LEAST_DROPPED + slotOfId.size / 2) dropRemoved()
    },
    frequencyOf(term) {
      const number = table.find(term)
      if (number < 0) return 0
      if (slotOfId.size === slots) return lists.lengthOf(number)
      let frequency = 0
      for (const posting of lists.read(number)) if (ids[slotOf(posting)] !== NO_TEXT) frequency += 1
      return frequency
    },
    addScores(term, scoreOf, scores) {
      const number = table.find(term)
      if (number < 0) return
      for (const posting of lists.read(number)) {
        const slot = slotOf(posting)
        scores[slot] = (scores[slot] ?? 0) + scoreOf(lists.countOf(number, posting), lengths[slot] ?? 0)
      }
    },
    idAt(slot) {
      const id = ids[slot] ?? NO_TEXT
      return id === NO_TEXT ? -1 : id
    },
    parts() {
      if (slotOfId.size < slots) dropRemoved()
      return {
        ...table.parts(),
        ...lists.parts(table.size),
        ids: ids.subarray(0, slots),
        lengths: lengths.subarray(0, slots),
      }
    },
  }
}

// Below this number of removed texts, dropping them is not worth the time.
const LEAST_DROPPED = 64

interface Postings {
  readonly table: TermTable
  readonly lists: PostingLists
}

// The numbers of the terms of the text at hand. No call is left before it has been read.
let scratch = new Uint32Array(256)

/** Appends a posting for each distinct term, and returns their number. */
function appendAll({ table, lists }: Postings, terms: readonly string[], slot: number): number {
  if (scratch.length < terms.length) scratch = new Uint32Array(terms.length * 2)
  for (const [at, term] of terms.entries()) scratch[at] = table.intern(term)
  const numbers = scratch.subarray(0, terms.length).sort()
  let length = 0
  for (let start = 0; start < numbers.length; length++) {
    const number = numbers[start] ?? 0
    let end = start + 1
    while (numbers[end] === number) end += 1
    lists.append(number, slot, end - start)
    start = end
  }
  return length
}

/** Returns the lists of the texts that have a new slot, and removes the terms of no such text from the table. */
function renumber({ table, lists }: Postings, newSlots: Uint32Array): PostingLists {
  const left = createPostingLists()
  const kept = new Uint32Array(table.size)
  let terms = 0
  for (let number = 0; number < table.size; number++) {
    let isKept = false
    for (const posting of lists.read(number)) {
      const slot = newSlots[slotOf(posting)] ?? NO_TEXT
      if (slot === NO_TEXT) continue
      left.append(terms, slot, lists.countOf(number, posting))
      isKept = true
    }
    if (isKept) kept[terms++] = number
  }
  table.retain(kept.subarray(0, terms))
  return left
}

function checkId(id: number): void {
  if (Number.isInteger(id) && id >= 0 && id < NO_TEXT) return
  throw new RangeError(`Cannot add text ${id}: its id must be an integer from 0 to ${NO_TEXT - 1}`)
}
