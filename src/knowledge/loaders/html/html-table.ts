import { isHiddenElement } from './hidden-element.ts'
import { visitNodes, type HtmlNode } from './html-nodes.ts'

/** A table of data. */
export interface HtmlTable {
  /** Its caption; empty if it has none. */
  readonly caption: string
  /** The texts of the cells of each row. */
  readonly rows: readonly (readonly string[])[]
  /** True if the first row has the names of the columns. */
  readonly hasHeader: boolean
}

// A span may be any number, so that a few cells could claim millions.
const WIDEST_SPAN = 1_000
const MOST_EMPTY_CELLS = 4
const LONGEST_CELL = 2_000
const LAYOUT_ROLES = new Set(['presentation', 'none'])
const LAYOUT_PARTS = new Set('table h1 h2 h3 h4 h5 h6 pre article section'.split(' '))

interface Cell {
  text: string
  readonly isHeader: boolean
  readonly columns: number
  readonly rows: number
}

/** Reads a table. Returns `undefined` for one that only arranges the page, so that its content is no table. */
export function readTable(table: HtmlNode): HtmlTable | undefined {
  if (LAYOUT_ROLES.has(table.getAttribute?.('role') ?? '')) return undefined
  const rows: Cell[][] = []
  let caption = ''
  let isLayout = false
  let isCaption = false
  visitNodes(table, {
    enter(element, name) {
      isLayout ||= LAYOUT_PARTS.has(name)
      if (isLayout || isHiddenElement(element, name)) return false
      if (name === 'caption') isCaption = true
      else if (name === 'tr') rows.push([])
      else if (name === 'td' || name === 'th') rows.at(-1)?.push(openCell(element, name))
      else add(name === 'img' ? ` ${element.getAttribute?.('alt') ?? ''} ` : isBreak(name) ? ' ' : '')
      return true
    },
    leave(_, name) {
      if (name === 'caption') isCaption = false
      else if (isBreak(name)) add(' ')
    },
    text: add,
  })
  const cells = rows.filter((row) => row.length > 0)
  const isData = !isLayout && cells.some((row) => row.length > 1) && cells.flat().every(isShort)
  if (!isData) return undefined
  const hasHeader = cells[0]?.every((cell) => cell.isHeader) === true && cells.length > 1
  return { caption: onOneLine(caption), rows: spread(cells), hasHeader }

  function add(text: string): void {
    if (isCaption) caption += text
    else {
      const cell = rows.at(-1)?.at(-1)
      if (cell) cell.text += text
    }
  }
}

function openCell(element: HtmlNode, name: string): Cell {
  const span = (attribute: string): number => {
    const count = Number.parseInt(element.getAttribute?.(attribute) ?? '', 10)
    return count >= 1 ? Math.min(count, WIDEST_SPAN) : 1
  }
  return { text: '', isHeader: name === 'th', columns: span('colspan'), rows: span('rowspan') }
}

function isBreak(name: string): boolean {
  return name === 'br' || name === 'p' || name === 'div' || name === 'li'
}

function isShort({ text }: Cell): boolean {
  return text.length <= LONGEST_CELL
}

/** Gives each cell its column: a cell that spans several is followed, and continued below, by empty ones. */
function spread(rows: readonly (readonly Cell[])[]): readonly (readonly string[])[] {
  let empty = rows.length + rows.flat().length * MOST_EMPTY_CELLS
  let covered: number[] = []
  return rows.map((row) => {
    const texts: string[] = []
    const next: number[] = []
    const put = (text: string, rowsBelow: number): void => {
      if (rowsBelow > 0) next[texts.length] = rowsBelow
      texts.push(text)
    }
    const passCovered = (): void => {
      for (let below = covered[texts.length]; below && empty-- > 0; below = covered[texts.length]) put('', below - 1)
    }
    for (const cell of row) {
      passCovered()
      put(onOneLine(cell.text), cell.rows - 1)
      for (let column = 1; column < cell.columns && empty-- > 0; column++) put('', cell.rows - 1)
    }
    passCovered()
    covered = next
    return texts
  })
}

/** Returns the rows as lines of Markdown. */
export function tableLines({ rows, hasHeader }: HtmlTable): string {
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
  if (hasHeader) lines.splice(1, 0, `|${' --- |'.repeat(rows[0]?.length ?? 1)}`)
  return lines.join('\n')
}

function onOneLine(text: string): string {
  return text
    .replace(/[\u00AD\uFEFF]/gu, '')
    .replace(/[\s\u00A0]+/gu, ' ')
    .trim()
}

/** Returns the text of code, with its white space. */
export function codeOf(element: HtmlNode): string {
  const parts: string[] = []
  visitNodes(element, {
    text: (value) => parts.push(value),
    enter(inner, name) {
      if (name === 'br') parts.push('\n')
      return !isHiddenElement(inner, name)
    },
  })
  const code = parts.join('').replace(/\r\n?/gu, '\n').replaceAll('\u00A0', ' ')
  // The first line break after `<pre>` is not part of the code.
  return code.replace(/^\n/u, '').replace(/\n+$/u, '')
}
