import { findBlocks, type Block } from './find-blocks.ts'
import { followHeadings, type PieceHeadings } from './follow-headings.ts'
import { endOfCharacter } from '../../core/text/cut-text.ts'
import { splitSentences } from '../../core/text/split-sentences.ts'

/** A piece of a document, indexed separately. */
export interface Piece extends PieceHeadings {
  /** Its first position in the text. */
  readonly start: number
  /** The position after its end. */
  readonly end: number
  /** Length of its beginning that continues a verbatim block from before it; absent if there is none. */
  readonly verbatimEnd?: number
}

/** A text to split, with its structure. */
export interface DividedText {
  /** The text. */
  readonly text: string
  /** Its headings, paragraphs and verbatim blocks, in order. @defaultValue the blocks of the text, read as Markdown */
  readonly blocks?: readonly Block[] | undefined
  /** Its pages, in order. No piece crosses the border of a page. @defaultValue none */
  readonly pages?: readonly TextPart[] | undefined
}

/** A part of a text. */
interface TextPart {
  readonly start: number
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
/** Only instead of a cut in a sentence or in code. */
const BEHIND_HEADING = 0

/**
 * Splits a text into pieces of at most `chunkChars` UTF-16 code units and about equal size. It prefers cuts before
 * headings, then between paragraphs, then between sentences. A heading stays with the text after it. A sentence, a table or
 * a block of code is cut only if it is longer than a piece: a sentence between words, the others between lines. Only
 * whitespace is left out. Time is linear in the text.
 */
export function splitDocument({ text, blocks = findBlocks(text), pages }: DividedText, chunkChars: number): Piece[] {
  const cuts =
    text.length > chunkChars
      ? blocks.flatMap((block, index) => cutsAt(text, block, { previous: blocks[index - 1], chunkChars }))
      : []
  const pieces: Piece[] = []
  const headingsOf = followHeadings(text, blocks)
  const verbatimOf = followVerbatim(blocks)
  let passed = 0
  for (const part of partsOf(text, pages)) {
    // White space at the ends needs no place in a piece.
    const { start: textStart, end: textEnd } = trim(text, part.start, part.end)
    for (let start = textStart, end = start; start < part.end; start = end) {
      while ((cuts[passed]?.at ?? Infinity) <= start) passed += 1
      end =
        textEnd - start <= chunkChars
          ? part.end
          : chooseEnd(text, { start, end: part.end }, { chunkChars, cuts, passed })
      const piece = trim(text, start, end)
      if (piece.start < piece.end)
        pieces.push({ ...piece, ...headingsOf(piece.start, piece.end), ...verbatimOf(piece.start, piece.end) })
    }
  }
  return pieces
}

/**
 * Creates the function that returns where the verbatim block ends that a piece begins in. A piece of a long block of code
 * has no fence that shows it, and the indentation of code is not part of a piece that begins with it. Call it with pieces
 * in order.
 */
function followVerbatim(blocks: readonly Block[]): (start: number, end: number) => Pick<Piece, 'verbatimEnd'> {
  let at = 0
  return (start, end) => {
    while ((blocks[at]?.end ?? Infinity) <= start) at += 1
    const block = blocks[at]
    if (block?.kind !== 'verbatim' || block.start >= start) return {}
    return { verbatimEnd: Math.min(block.end, end) - start }
  }
}

/** Returns the pages and the text between them. */
function partsOf(text: string, pages: readonly TextPart[] = []): readonly TextPart[] {
  const borders = [0, ...pages.flatMap(({ start, end }) => [start, end]), text.length]
  return borders.flatMap((end, index) => {
    const start = borders[index - 1] ?? 0
    return start < end ? [{ start, end }] : []
  })
}

/** Returns the cut before a block and the cuts in it. */
function cutsAt(
  text: string,
  block: Block,
  { previous, chunkChars }: { readonly previous: Block | undefined; readonly chunkChars: number },
): readonly Cut[] {
  const isBehindHeading = previous?.kind === 'heading'
  if (block.kind === 'heading') return isBehindHeading ? [] : [{ at: block.start, rank: BEFORE_HEADING }]
  const cuts: Cut[] = [{ at: block.start, rank: isBehindHeading ? BEHIND_HEADING : BETWEEN_BLOCKS }]
  if (block.kind === 'verbatim' && block.end - block.start <= chunkChars) return cuts
  const parts = text.slice(block.start, block.end)
  const lengths = (block.kind === 'prose' ? splitSentences(parts) : parts.split(/(?<=\n)/u)).map((part) => part.length)
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

/** Returns the end of the piece that begins a part: the best cut that leaves neither the piece nor the rest tiny. */
function chooseEnd(text: string, { start, end }: TextPart, { chunkChars, cuts, passed }: CutChoice): number {
  const left = end - start
  const limit = start + chunkChars
  const size = left / Math.ceil(left / chunkChars)
  let best: Cut | undefined
  let index = passed
  for (let cut = cuts[index]; cut && cut.at <= limit; cut = cuts[++index]) {
    if (cut.rank === BEHIND_HEADING || cut.at < start + size / 2) continue
    const isCloser = !best || Math.abs(cut.at - start - size) < Math.abs(best.at - start - size)
    if (!best || cut.rank > best.rank || (cut.rank === best.rank && isCloser)) best = cut
  }
  if (best) return best.at
  // The last cut leaves a small piece, but the sentence or block after it stays whole.
  const last = index > passed ? (cuts[index - 1]?.at ?? start) : start
  const next = Math.min(cuts[index]?.at ?? end, end)
  return last > start && next - last <= chunkChars ? last : betweenWords(text, start, limit)
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
