/** Adjacent lines of a document that form one block. */
export interface Block {
  /** The kind; `verbatim` has no sentences: code, tables, HTML, front matter. */
  readonly kind: 'heading' | 'prose' | 'verbatim'
  /** Offset of the first line. */
  readonly start: number
  /** Offset after the last character that is not blank. */
  readonly end: number
  /** Offset of the text after the mark of a heading, quotation or list item. */
  readonly textStart: number
  /** Level of a heading, from 1; 0 for the other kinds. */
  readonly level: number
}

interface Line {
  /** The line without the mark of a quotation. */
  readonly text: string
  readonly start: number
  readonly textStart: number
  readonly end: number
}

interface OpenBlock extends Block {
  kind: Block['kind']
  end: number
  level: number
  /** Returns true for the last line of a block with an explicit end, such as a fence. */
  readonly endsWith?: (line: string) => boolean
}

const LINE = /([^\S\r\n]*>[^\S\r\n]?)?([^\r\n]*)(?:\r\n?|\n|$)/gu
const LINE_BREAK = /[\r\n]/u
const FRONT_MATTER = /^---\s*\n[\w-]+:/u
const FENCE = /^\s*(`{3,}|~{3,})/u
const COMMENT = /^\s*<!--/u
const TAG = /^\s*<\/?[a-z][\w-]*(?:[\s/>]|$)/iu
const TABLE_ROW_OR_RULE = /^\s*(?:\||([-*_=])(?:\s*\1){2,}\s*$)/u
const HEADING = /^ {0,3}(#{1,6})\s+/u
const UNDERLINE = /^ {0,3}(?:=+|--+)\s*$/u
const ITEM = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/u

/**
 * Finds the headings, paragraphs, list items and verbatim blocks of a plain or Markdown text, in order. Only whitespace and
 * the marks of empty quotation lines are outside of blocks. It supports as much Markdown as is needed to keep code out of
 * answers.
 */
export function findBlocks(text: string): readonly Block[] {
  const blocks: Block[] = []
  const hasFrontMatter = FRONT_MATTER.test(text)
  let open: OpenBlock | undefined
  for (const line of linesOf(text)) {
    const isBlank = line.text.trim() === ''
    if (open?.endsWith) {
      if (!isBlank) open.end = line.end
      if (open.endsWith(line.text)) open = undefined
    } else if (isBlank) {
      open = undefined
    } else if (open && isUnderlined(text, open, line)) {
      open.kind = 'heading'
      open.level = levelOf(line)
      open.end = line.end
      open = undefined
    } else {
      const next = openBlock(line, hasFrontMatter && line.start === 0)
      if (open && continues(open, next, line)) open.end = line.end
      else blocks.push((open = next))
    }
  }
  return blocks
}

function* linesOf(text: string): Generator<Line> {
  for (const { 0: whole, 1: mark = '', 2: line = '', index: start } of text.matchAll(LINE)) {
    yield { text: line, start, textStart: start + mark.length, end: start + whole.trimEnd().length }
  }
}

function openBlock({ text, start, textStart, end }: Line, isFrontMatter: boolean): OpenBlock {
  const block = { start, end, textStart, level: 0 }
  const endsWith = isFrontMatter ? isFrontMatterEnd : endOf(text)
  if (endsWith) return { ...block, kind: 'verbatim', endsWith }
  if (TABLE_ROW_OR_RULE.test(text) || COMMENT.test(text)) return { ...block, kind: 'verbatim' }
  // A mark may have no text after it.
  const behind = (mark: string): number => Math.min(end, textStart + mark.length)
  const [headingMark = '', { length: level } = ''] = HEADING.exec(text) ?? []
  if (level > 0) return { ...block, kind: 'heading', textStart: behind(headingMark), level }
  const [itemMark = ''] = ITEM.exec(text) ?? []
  return { ...block, kind: 'prose', textStart: behind(itemMark) }
}

function isFrontMatterEnd(line: string): boolean {
  return line.trimEnd() === '---'
}

/** Returns the test for the last line of code, a comment or HTML that a line begins. */
function endOf(line: string): OpenBlock['endsWith'] {
  const fence = FENCE.exec(line)?.[1]
  if (fence) return (later) => later.trimStart().startsWith(fence)
  if (COMMENT.test(line)) return line.includes('-->') ? undefined : (later) => later.includes('-->')
  return TAG.test(line) ? (later) => later.trim() === '' : undefined
}

function continues(open: Block, next: OpenBlock, line: Line): boolean {
  return open.kind === next.kind && next.textStart === line.textStart && next.endsWith === undefined
}

/** Returns true for the line under a heading of one line, which is not a list item or a quotation. */
function isUnderlined(text: string, open: OpenBlock, line: Line): boolean {
  const isParagraph = open.kind === 'prose' && open.textStart === open.start && line.textStart === line.start
  return isParagraph && UNDERLINE.test(line.text) && !LINE_BREAK.test(text.slice(open.start, open.end))
}

function levelOf(underline: Line): number {
  return underline.text.includes('=') ? 1 : 2
}

/** Returns the text of a heading, without closing marks. */
export function headingText(text: string, { textStart, end }: Block): string {
  const heading = text.slice(textStart, end)
  const lineBreak = heading.search(LINE_BREAK)
  return (lineBreak === -1 ? heading : heading.slice(0, lineBreak)).replace(/(?<=\s)#+$/u, '').trimEnd()
}
