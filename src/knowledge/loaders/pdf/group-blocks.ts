import type { PdfHeading } from './find-headings.ts'
import type { TableRow } from './find-tables.ts'
import type { PdfLine } from './page-lines.ts'

/** Adjacent lines that form one block. */
export interface PdfBlock {
  /** The kind, see `Block`. */
  readonly kind: 'heading' | 'prose' | 'verbatim'
  /** Level of a heading, from 1; 0 for the other kinds. */
  readonly level: number
  /** The lines, in order. */
  readonly lines: readonly PdfLine[]
}

/** The structure of the lines of a page. */
export interface LineStructure {
  /** The headings. */
  readonly headings: ReadonlyMap<PdfLine, PdfHeading>
  /** The lines of tables. */
  readonly tables: ReadonlyMap<PdfLine, TableRow>
}

/** Maximum distance of two lines of a paragraph, by the usual distance of the lines of the region. */
const PARAGRAPH_PITCH = 1.3
const USUAL_PITCH = 1.2
const ITEM = /^(?:[-*+•◦▪●■‣–—·]|\(?(?:\d{1,3}|[a-z])[.)])$|^(?:[•◦▪●■‣]|\(?\d{1,3}[.)]\s)/u
const END_OF_SENTENCE = /[.!?:;。！？：；…؟۔।]["'”’»)\]）」』]*$/u

/** The dots between the title and the page number of an entry of a table of contents. */
const LEADERS = /(?:\.\s?){4,}\s*\S{0,6}$|…{2,}\s*\S{0,6}$/u

/** Groups the lines of a page into headings, paragraphs, list items, tables and code. */
export function groupBlocks(lines: readonly PdfLine[], { headings, tables }: LineStructure): readonly PdfBlock[] {
  const pitches = pitchOfRegions(lines)
  const blocks: { kind: PdfBlock['kind']; level: number; lines: PdfLine[] }[] = []
  let last: PdfLine | undefined
  for (const line of lines) {
    const block = blocks.at(-1)
    const kind = headings.has(line) ? 'heading' : tables.has(line) || isCode(line) ? 'verbatim' : 'prose'
    if (block && last && block.kind === kind && continues()) block.lines.push(line)
    else blocks.push({ kind, level: headings.get(line)?.level ?? 0, lines: [line] })
    last = line

    function continues(): boolean {
      if (!block || !last) return false
      if (kind === 'heading') return headings.get(line) === headings.get(last)
      if (kind === 'verbatim') return line.region === last.region && tables.has(line) === tables.has(last)
      return isSameParagraph(line, last, { first: block.lines[0] ?? last, pitch: pitches.get(line.region) })
    }
  }
  return blocks
}

/** Returns the usual distance of two lines in each region, in font sizes. */
function pitchOfRegions(lines: readonly PdfLine[]): ReadonlyMap<number, number> {
  const pitches = new Map<number, number[]>()
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1]
    if (!next || next.region !== line.region || !isOfSize(next, line)) continue
    const pitch = (next.baseline - line.baseline) / line.fontSize
    pitches.set(line.region, [...(pitches.get(line.region) ?? []), pitch])
  }
  const usual = ([region, values]: [number, number[]]): [number, number] => [
    region,
    Math.max(1, values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 4)] ?? USUAL_PITCH),
  ]
  return new Map([...pitches].map(usual))
}

function isOfSize(a: PdfLine, b: PdfLine): boolean {
  return Math.max(a.fontSize, b.fontSize) <= 1.12 * Math.min(a.fontSize, b.fontSize)
}

interface Paragraph {
  readonly first: PdfLine
  readonly pitch: number | undefined
}

function isSameParagraph(line: PdfLine, last: PdfLine, { first, pitch = USUAL_PITCH }: Paragraph): boolean {
  const isTurned = line.items[0]?.turns !== last.items[0]?.turns
  if (isTurned || !isOfSize(line, last) || isItem(line) || hasLeaders(last)) return false
  // A paragraph may go on in the next column, but a complete sentence at the end of one says nothing.
  if (line.region !== last.region) return !endsSentence(last) && !isIndented(line)
  if (line.baseline - last.baseline > PARAGRAPH_PITCH * Math.max(pitch, 1) * line.fontSize) return false
  if (isItem(first)) return line.left > first.left + 0.3 * line.fontSize || !endsEarly(last)
  if (isIndented(line) && !isIndented(last) && !isCentered(line)) return false
  return !endsEarly(last) || !endsSentence(last)
}

function isItem({ items: [first] }: PdfLine): boolean {
  return first !== undefined && ITEM.test(first.text)
}

function isIndented({ items, left, right, regionLeft, regionRight, fontSize }: PdfLine): boolean {
  if (items.some((item) => item.isRightToLeft)) return regionRight - right > 0.8 * fontSize
  return left - regionLeft > 0.8 * fontSize
}

function isCentered({ left, right, regionLeft, regionRight, fontSize }: PdfLine): boolean {
  return Math.abs(left - regionLeft - (regionRight - right)) < fontSize
}

function endsEarly({ items, left, right, regionLeft, regionRight }: PdfLine): boolean {
  const gap = items.some((item) => item.isRightToLeft) ? left - regionLeft : regionRight - right
  return gap > 0.2 * (regionRight - regionLeft)
}

function endsSentence({ items }: PdfLine): boolean {
  return END_OF_SENTENCE.test(items.at(-1)?.text ?? '')
}

function hasLeaders({ items }: PdfLine): boolean {
  return LEADERS.test(
    items
      .slice(-8)
      .map(({ text }) => text)
      .join(' '),
  )
}

/** Returns true for a line in a font of one width; some Chinese fonts claim to have one, too. */
export function isCode({ items }: PdfLine): boolean {
  return items.every(({ isMonospace, text }) => isMonospace && !/[^\0-\u024F\u2000-\u25FF]/u.test(text))
}
