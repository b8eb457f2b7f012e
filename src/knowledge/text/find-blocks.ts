import { htmlBlockAt, type EndTest } from './html-block.ts'
import { mathBlockAt } from './math-block.ts'
import { columnOf, readLines, type Line } from './read-lines.ts'

/** Adjacent lines of a document that form one block. */
export interface Block {
  /** The kind; `verbatim` has no sentences: code, tables, HTML, formulas, link definitions, front matter. */
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

type Draft = { -readonly [Key in keyof Block]: Block[Key] }

/** A block that the next line may continue. */
interface OpenBlock {
  readonly block: Draft
  /** Returns true for the last line of a block with an explicit end, such as a fence. */
  readonly endsWith?: EndTest | undefined
  /** Number of quotations around it. */
  readonly depth: number
  /** Column of the text of the list item around it; 0 outside of lists. */
  readonly column: number
  /** True for a table, whose rows need no bars at their ends. */
  isTable?: boolean
  /** True if it has more than one line. */
  isLong?: boolean
}

/** The place of a line in the document. */
interface Context {
  readonly open: OpenBlock | undefined
  /** Columns of the texts of the list items around the line. */
  readonly items: number[]
}

const FRONT_MATTER = /^---[^\S\n]*\n[\w-]+:/u
const FRONT_MATTER_END = /\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/u
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/u
const RULE = /^([-*_=])(?:\s*\1){2,}\s*$/u
const TABLE_RULE = /^\|?[^\S\n]*:?-+:?[^\S\n]*(?:\|[^\S\n]*:?-+:?[^\S\n]*)*\|?[^\S\n]*$/u
const HEADING = /^(#{1,6})(?:\s+|$)/u
const UNDERLINE = /^ {0,3}(?:=+|--+)\s*$/u
const ITEM = /^(?:[-*+•]|\d{1,3}[.)])(\s+)/u
// Without a footnote, whose text is prose.
const DEFINITION = /^\[(?!\^)(?:[^[\]\\]|\\.){1,999}\]:\s*\S+(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*$/u
const DEFINITION_LABEL = /^\[(?!\^)(?:[^[\]\\]|\\.){1,999}\]:\s*$/u
const LINE_BREAK = /[\r\n]/u
const CODE_INDENT = 4
const MOST_ITEMS = 20
// A pattern that repeats a group overflows its stack on a line of many million characters.
const LONGEST_START = 10_000

/**
 * Finds the headings, paragraphs, list items and verbatim blocks of a plain or Markdown text, in order. Only whitespace and
 * the marks of empty quotation lines are outside of blocks. It supports as much of CommonMark as is needed to keep code out
 * of answers. Time is linear in the text.
 */
export function findBlocks(text: string): readonly Block[] {
  const blocks: Draft[] = []
  let items: number[] = []
  let depth = 0
  let open: OpenBlock | undefined
  const hasFrontMatter = FRONT_MATTER.test(text) && FRONT_MATTER_END.test(text)
  for (const line of readLines(text)) {
    const isBlank = line.text.trim() === ''
    if (open?.endsWith && isInside(open, line, isBlank)) {
      if (!isBlank) open.block.end = line.end
      if (line.depth <= open.depth && open.endsWith(line.text.trim())) open = undefined
      continue
    }
    if (open?.endsWith) open = undefined
    if (isBlank) {
      open = undefined
      // It ends a quotation, and the lists in it.
      if (line.depth < depth) items = []
      continue
    }
    if (line.depth !== depth) items = []
    depth = line.depth
    if (!isLazy(line, { open, items })) while ((items.at(-1) ?? 0) > columnOf(line.text)) items.pop()
    if (open && becomesHeadingOrTable(text, open, line)) {
      open = open.isTable ? open : undefined
      continue
    }
    const isFrontMatter = hasFrontMatter && line.start === 0
    const next = isFrontMatter ? frontMatter(line) : openBlock(line, { open, items })
    if (open && continues(open, next, line)) {
      open.block.end = line.end
      open.isLong = true
    } else blocks.push((open = next).block)
  }
  return blocks
}

/** Returns false for a line after the end of the quotation or the list item that a block with an explicit end is in. */
function isInside({ depth, column }: OpenBlock, line: Line, isBlank: boolean): boolean {
  return line.depth >= depth && (isBlank || line.depth > depth || columnOf(line.text) >= column)
}

/** Returns true for a line of a paragraph in a list item that lacks the indentation of the item. */
function isLazy(line: Line, { open, items }: Context): boolean {
  if (open?.block.kind !== 'prose' || (items.at(-1) ?? 0) <= columnOf(line.text)) return false
  const text = line.text.trimStart().slice(0, LONGEST_START)
  return readItems(text).length === 0 && readStart(text, true).kind === 'prose'
}

function frontMatter({ start, end, textStart }: Line): OpenBlock {
  const block: Draft = { kind: 'verbatim', start, end, textStart, level: 0 }
  return { block, endsWith: (line) => line === '---' || line === '...', depth: 0, column: 0 }
}

/** Returns the block that a line begins, if it does not continue the one before. List items of the line are added. */
function openBlock(line: Line, { open, items }: Context): OpenBlock {
  const trimmed = line.text.trimStart()
  const indent = columnOf(line.text) - (items.at(-1) ?? 0)
  const inParagraph = open?.block.kind === 'prose'
  const text = trimmed.slice(0, LONGEST_START)
  const marks = indent < CODE_INDENT || inParagraph ? readItems(text) : undefined
  if (marks && indent < CODE_INDENT) {
    for (const column of marks.columns) items.push(columnOf(line.text) + column)
  }
  const isItem = marks !== undefined && marks.length > 0
  const textStart = isItem ? line.textStart + line.text.length - trimmed.length + marks.length : line.textStart
  const found =
    indent >= CODE_INDENT || marks?.isCode
      ? ({ kind: inParagraph && !marks?.isCode ? 'prose' : 'verbatim' } as const)
      : readStart(text.slice(marks?.length ?? 0), inParagraph && !isItem)
  const { kind, level = 0, mark = '', endsWith } = found
  const ofHeading = line.textStart + line.text.length - trimmed.length + (marks?.length ?? 0) + mark.length
  const block = {
    kind,
    start: line.start,
    end: line.end,
    textStart: Math.min(line.end, kind === 'heading' ? ofHeading : kind === 'prose' ? textStart : line.textStart),
    level,
  }
  return { block, endsWith, depth: line.depth, column: items.at(-1) ?? 0 }
}

interface ItemMarks {
  /** Length of all marks. */
  readonly length: number
  /** Columns of the texts after each of them. */
  readonly columns: readonly number[]
  /** True if the text is so far from its mark that it is code. */
  readonly isCode: boolean
}

/** Reads the marks of the list items that a line begins, such as both of `- 1. text`. */
function readItems(text: string): ItemMarks {
  const columns: number[] = []
  let length = 0
  for (;;) {
    const rest = text.slice(length)
    const [mark, space = ''] = (columns.length < MOST_ITEMS && !RULE.test(rest) && ITEM.exec(rest)) || []
    if (mark === undefined) return { length, columns, isCode: false }
    const isCode = columnOf(space) > CODE_INDENT && mark.length < rest.length
    length += mark.length
    columns.push(isCode ? length - space.length + 1 : length)
    if (isCode) return { length, columns, isCode }
  }
}

interface BlockStart {
  readonly kind: Block['kind']
  readonly level?: number
  /** The mark of a heading. */
  readonly mark?: string
  readonly endsWith?: EndTest | undefined
}

/** Recognises the block that a line begins, without indentation and list marks. */
function readStart(text: string, inParagraph: boolean): BlockStart {
  if (RULE.test(text) || text.startsWith('|')) return { kind: 'verbatim' }
  const [, ticks, tildes] = FENCE.exec(text) ?? []
  const fence = ticks ?? tildes
  if (fence !== undefined) return { kind: 'verbatim', endsWith: fenceEnd(fence) }
  const [mark, { length: level } = ''] = HEADING.exec(text) ?? []
  if (mark !== undefined) return { kind: 'heading', level, mark }
  const closed = htmlBlockAt(text, inParagraph) ?? mathBlockAt(text)
  if (closed) return { kind: 'verbatim', endsWith: closed.endsWith }
  if (inParagraph) return { kind: 'prose' }
  // The destination may be on the next line.
  if (DEFINITION_LABEL.test(text)) return { kind: 'verbatim', endsWith: () => true }
  return { kind: DEFINITION.test(text) ? 'verbatim' : 'prose' }
}

function fenceEnd(fence: string): EndTest {
  const mark = fence.slice(0, 1)
  return (line) => line.length >= fence.length && line === mark.repeat(line.length)
}

function continues({ block, isTable }: OpenBlock, next: OpenBlock, line: Line): boolean {
  if (next.endsWith !== undefined || next.block.textStart !== line.textStart) return false
  return block.kind === next.block.kind || (isTable === true && next.block.kind === 'prose')
}

/** Turns a paragraph into a heading or a table, if the line is its underline. */
function becomesHeadingOrTable(text: string, open: OpenBlock, line: Line): boolean {
  const { block } = open
  if (block.kind !== 'prose' || open.isLong) return false
  const isParagraph = block.textStart === block.start && line.textStart === line.start
  const isHeading = isParagraph && UNDERLINE.test(line.text)
  if (!isHeading && !isTableRule(text.slice(block.textStart, block.end), line.text.slice(0, LONGEST_START).trim()))
    return false
  open.isTable = !isHeading
  block.kind = isHeading ? 'heading' : 'verbatim'
  if (isHeading) block.level = line.text.includes('=') ? 1 : 2
  block.end = line.end
  return true
}

function isTableRule(header: string, rule: string): boolean {
  if (!rule.includes('|') || !TABLE_RULE.test(rule)) return false
  return columnsOf(header) === columnsOf(rule)
}

function columnsOf(row: string): number {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/gu, '')
    .split(/(?<!\\)\|/u).length
}

/** Returns the text of a heading, without closing marks. */
export function headingText(text: string, { textStart, end }: Block): string {
  const heading = text.slice(textStart, end)
  const lineBreak = heading.search(LINE_BREAK)
  return (lineBreak === -1 ? heading : heading.slice(0, lineBreak)).replace(/(?<=\s|^)#+$/u, '').trimEnd()
}
