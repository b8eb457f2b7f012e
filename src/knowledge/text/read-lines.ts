/** A line of Markdown. */
export interface Line {
  /** The line without the marks of quotations. */
  readonly text: string
  /** Offset of the line. */
  readonly start: number
  /** Offset of `text`. */
  readonly textStart: number
  /** Offset after the last character that is not blank. */
  readonly end: number
  /** Number of quotations around the line. */
  readonly depth: number
}

const LINE = /((?:[^\S\r\n]{0,3}>[^\S\r\n]?){0,99})([^\r\n]*)(?:\r\n?|\n|$)/gu
const TAB_WIDTH = 4

/** Returns the lines of a text. */
export function* readLines(text: string): Generator<Line> {
  for (const { 0: whole, 1: marks = '', 2: line = '', index: start } of text.matchAll(LINE)) {
    const depth = marks === '' ? 0 : marks.split('>').length - 1
    yield { text: line, start, textStart: start + marks.length, end: start + whole.trimEnd().length, depth }
  }
}

/** Returns the column of the first character that is not blank, from 0. */
export function columnOf(line: string): number {
  let column = 0
  for (const character of line) {
    if (character === '\t') column += TAB_WIDTH - (column % TAB_WIDTH)
    else if (character.trim() === '') column += 1
    else return column
  }
  return column
}
