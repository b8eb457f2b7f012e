import { findBlocks, headingText, type Block } from './find-blocks.ts'
import { endOfCharacter } from '../core/text/cut-text.ts'
import { splitSentences } from '../core/text/split-sentences.ts'

/** A piece of a document that is indexed on its own. */
export interface Piece {
  readonly start: number
  readonly end: number
  /** The headings that the piece stands under, from the outermost; those inside the piece are not among them. */
  readonly headings: readonly string[]
}

/** A place where a text may be cut. */
interface Cut {
  readonly at: number
  /** How good a place it is. */
  readonly rank: number
}

const BEFORE_HEADING = 3
const BETWEEN_BLOCKS = 2
const INSIDE_BLOCK = 1

/**
 * Splits a text into pieces of at most `chunkChars` UTF-16 code units and of about equal size. It cuts before a heading
 * where it can, else between paragraphs, else between sentences or lines of code, else between words. A heading stays
 * with what follows it, and nothing but blank space is left out.
 */
export function splitDocument(text: string, chunkChars: number): readonly Piece[] {
  const blocks = findBlocks(text)
  const headings = blocks.filter(({ kind }) => kind === 'heading')
  const cuts = text.length > chunkChars ? blocks.flatMap((block, index) => cutsAt(text, block, blocks[index - 1])) : []
  const pieces: Piece[] = []
  const headingsAbove = followHeadings(text, headings)
  let passed = 0
  for (let start = 0, end = 0; start < text.length; start = end) {
    while ((cuts[passed]?.at ?? Infinity) <= start) passed += 1
    end = chooseEnd(text, start, { chunkChars, cuts, passed })
    const piece = trim(text, start, end)
    if (piece.start < piece.end) pieces.push({ ...piece, headings: headingsAbove(piece.start) })
  }
  return pieces
}

/** The cut before a block, and those inside it. */
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
  /** How many of them lie before the piece. */
  readonly passed: number
}

/** Where the piece ends that begins at `start`: at the best cut that makes neither it nor the rest a mere scrap. */
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
  // Not `trim()`, for which a byte order mark inside a text is blank space.
  const [blankStart = ''] = /^[^\S\uFEFF]*/u.exec(piece) ?? []
  const [blankEnd = ''] = /(?<![^\S\uFEFF])[^\S\uFEFF]*$/u.exec(piece) ?? []
  return { start: start + blankStart.length, end: end - blankEnd.length }
}

/** Makes the function that gives the headings above a place. Places are asked for in order, and each heading is read once. */
function followHeadings(text: string, headings: readonly Block[]): (at: number) => readonly string[] {
  const path: { readonly level: number; readonly text: string }[] = []
  let passed = 0
  return (at) => {
    for (let next = headings[passed]; next && next.start < at; next = headings[passed]) {
      while ((path.at(-1)?.level ?? 0) >= next.level) path.pop()
      path.push({ level: next.level, text: headingText(text, next) })
      passed += 1
    }
    // One that begins the piece ends those of its level and below, and is not above itself.
    const own = headings[passed]
    const above = own?.start === at ? path.filter(({ level }) => level < own.level) : path
    return above.map((heading) => heading.text)
  }
}
