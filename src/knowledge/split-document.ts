import { findBlocks, type Block } from './find-blocks.ts'
import { followHeadings, type PieceHeadings } from './follow-headings.ts'
import { endOfCharacter } from '../core/text/cut-text.ts'
import { splitSentences } from '../core/text/split-sentences.ts'

/** A piece of a document, indexed separately. */
export interface Piece extends PieceHeadings {
  /** Its first position in the text. */
  readonly start: number
  /** The position after its end. */
  readonly end: number
}

/** A position at which a text may be cut. */
interface Cut {
  readonly at: number
  /** Preference of the position; higher is better. */
  readonly rank: number
}

const BEFORE_HEADING = 3
const BETWEEN_BLOCKS = 2
const INSIDE_BLOCK = 1

/**
 * Splits a text into pieces of at most `chunkChars` UTF-16 code units and about equal size. It prefers cuts before
 * headings, then between paragraphs, then between sentences or lines of code, then between words. A heading stays with the
 * text after it. Only whitespace is left out.
 */
export function splitDocument(text: string, chunkChars: number): readonly Piece[] {
  const blocks = findBlocks(text)
  const cuts = text.length > chunkChars ? blocks.flatMap((block, index) => cutsAt(text, block, blocks[index - 1])) : []
  const pieces: Piece[] = []
  const headingsOf = followHeadings(text, blocks)
  let passed = 0
  for (let start = 0, end = 0; start < text.length; start = end) {
    while ((cuts[passed]?.at ?? Infinity) <= start) passed += 1
    end = chooseEnd(text, start, { chunkChars, cuts, passed })
    const piece = trim(text, start, end)
    if (piece.start < piece.end) pieces.push({ ...piece, ...headingsOf(piece.start, piece.end) })
  }
  return pieces
}

/** Returns the cut before a block and the cuts in it. */
function cutsAt(text: string, block: Block, previous: Block | undefined): readonly Cut[] {
  if (block.kind === 'heading') return previous?.kind === 'heading' ? [] : [{ at: block.start, rank: BEFORE_HEADING }]
  const parts = text.slice(block.start, block.end)
  const lengths = (block.kind === 'prose' ? splitSentences(parts) : parts.split(/(?<=\n)/u)).map((part) => part.length)
  const cuts: Cut[] = previous?.kind === 'heading' ? [] : [{ at: block.start, rank: BETWEEN_BLOCKS }]
  let at = block.start
  for (const length of lengths.slice(0, -1)) cuts.push({ at: (at += length), rank: INSIDE_BLOCK })
  return cuts
}

interface CutChoice {
  readonly chunkChars: number
  /** In order. */
  readonly cuts: readonly Cut[]
  /** The number of cuts before the piece. */
  readonly passed: number
}

/** Returns the end of the piece that begins at `start`: the best cut that leaves neither the piece nor the rest tiny. */
function chooseEnd(text: string, start: number, { chunkChars, cuts, passed }: CutChoice): number {
  const left = text.length - start
  if (left <= chunkChars) return text.length
  const size = left / Math.ceil(left / chunkChars)
  let best: Cut | undefined
  for (let index = passed; index < cuts.length; index++) {
    const cut = cuts[index]
    if (!cut || cut.at > start + chunkChars) break
    if (cut.at < start + size / 2) continue
    const isCloser = !best || Math.abs(cut.at - start - size) < Math.abs(best.at - start - size)
    if (!best || cut.rank > best.rank || (cut.rank === best.rank && isCloser)) best = cut
  }
  return best?.at ?? betweenWords(text, start, start + chunkChars)
}

function betweenWords(text: string, start: number, limit: number): number {
  const words = /^[^]*\s/u.exec(text.slice(start + 1, limit))
  if (words) return start + 1 + words[0].length
  return Math.max(start + 1, endOfCharacter(text, limit))
}

function trim(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  const piece = text.slice(start, end)
  // Not `trim()`, which also removes byte order marks.
  const [blankStart = ''] = /^[^\S\uFEFF]*/u.exec(piece) ?? []
  const [blankEnd = ''] = /(?<![^\S\uFEFF])[^\S\uFEFF]*$/u.exec(piece) ?? []
  return { start: start + blankStart.length, end: end - blankEnd.length }
}
