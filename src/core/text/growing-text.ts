import { flatten } from '../vocabulary/result-fold.ts'

/**
 * A text that grows in pieces. V8 stores such a text as a tree of its pieces, and copies all of it to read any part. So only the
 * tail grows, and is short: reading a part takes the time of that part.
 */
export interface GrowingText {
  /** The text before the tail, in one piece. */
  head: string
  /** The last pieces. */
  tail: string
  /** The number of pieces so far. */
  pieces: number
}

// Copying the text this often costs less than collecting the garbage of its tree.
const PIECES_PER_FLATTENING = 64

/** Creates an empty text. */
export function createGrowingText(): GrowingText {
  return { head: '', tail: '', pieces: 0 }
}

/** Adds a piece. */
export function addPiece(text: GrowingText, piece: string): void {
  text.tail += piece
  if (++text.pieces % PIECES_PER_FLATTENING === 0) wholeText(text)
}

/** Returns the length of the text, in UTF-16 code units. */
export function lengthOfText({ head, tail }: GrowingText): number {
  return head.length + tail.length
}

/** Returns the text, in one piece. */
export function wholeText(text: GrowingText): string {
  if (text.tail !== '') text.head = flatten(text.head + text.tail)
  text.tail = ''
  return text.head
}

/** Returns a part of the text. */
export function partOfText({ head, tail }: GrowingText, start: number, end: number): string {
  const { length } = head
  if (end <= length) return head.slice(start, end)
  return start < length ? head.slice(start) + tail.slice(0, end - length) : tail.slice(start - length, end - length)
}
