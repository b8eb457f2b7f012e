/** Properties of the current line, for a text that is read character by character. */
export interface MarkdownLines {
  /** Reads the next character and updates the properties. */
  take(char: string): void
  /** True while the line has only blanks and marks of lists and quotes. A fence may begin there. */
  readonly inHead: boolean
  /** True if the previous line is blank. */
  readonly afterBlank: boolean
  /** Columns of blanks before the first character; undefined if the line begins with a mark of a list or quote. */
  readonly indent: number | undefined
  /** True if the indentation makes the line code. */
  readonly isCode: boolean
}

// Blanks, and the characters of list and quote marks.
const HEAD_CHAR = /[ \t>*+\-.)0-9]/u
const QUOTE_MARKS = /^(?: {0,3}> ?)+/u
const LIST_MARK = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+$/u
// Maximum stored length of a head; more would not change the result.
const MAX_HEAD_CHARS = 64
const CODE_COLUMNS = 4

/** The lines with their state. */
interface OpenLine extends MarkdownLines {
  inHead: boolean
  afterBlank: boolean
  indent: number | undefined
  isCode: boolean
  head: string
  /** Column of the text of the current list item; 0 outside of lists. */
  itemColumn: number
  afterCode: boolean
}

/**
 * Tracks the start and the indentation of lines. Code needs four columns more than its list item, and a blank line before.
 * A line that begins with a Chinese, Japanese or Korean character is never code, because these languages indent
 * paragraphs.
 */
export function createMarkdownLines(): MarkdownLines {
  // Fields and no getters: V8 stores an object with getters as a slow dictionary.
  const line: OpenLine = {
    inHead: true,
    afterBlank: true,
    indent: undefined,
    isCode: false,
    take,
    head: '',
    itemColumn: 0,
    afterCode: false,
  }
  return line
}

function take(this: OpenLine, char: string): void {
  if (char === '\n') endLine(this)
  else if (this.inHead && char !== '\r' && !HEAD_CHAR.test(char)) endHead(this, char)
  else if (this.inHead && this.head.length < MAX_HEAD_CHARS) this.head += char
}

function endLine(line: OpenLine): void {
  line.afterBlank = line.inHead && !/[^ \t>]/u.test(line.head)
  line.afterCode = line.isCode
  line.isCode = false
  line.head = ''
  line.inHead = true
  line.indent = undefined
}

function endHead(line: OpenLine, char: string): void {
  line.inHead = false
  const inner = line.head.replace(QUOTE_MARKS, '')
  const blanks = /^[ \t]*/u.exec(inner)?.[0] ?? ''
  const column = columnsOf(blanks)
  line.indent = blanks === line.head ? column : undefined
  const goesOnWithCode = line.afterCode && column >= CODE_COLUMNS + line.itemColumn
  if (LIST_MARK.test(inner) && !goesOnWithCode) {
    line.itemColumn = columnsOf(inner)
    return
  }
  if (column === 0 && line.afterBlank) line.itemColumn = 0
  const isIndented = column >= CODE_COLUMNS + line.itemColumn
  line.isCode = (line.afterBlank || line.afterCode) && isIndented && !isParagraphChar(char)
}

function columnsOf(text: string): number {
  let column = 0
  for (const char of text) column += char === '\t' ? CODE_COLUMNS - (column % CODE_COLUMNS) : 1
  return column
}

// The first half of a surrogate pair is enough: no code begins with one.
function isParagraphChar(char: string): boolean {
  return /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\ud800-\udbff\u3000-\u303f\uff00-\uffef]/u.test(
    char,
  )
}
