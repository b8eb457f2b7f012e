import type { PdfItem } from './pdf-content.ts'
import type { PdfLine } from './page-lines.ts'

/** The cells of a line of a table. */
export type TableRow = readonly (readonly PdfItem[])[]

interface Cell {
  readonly items: readonly PdfItem[]
  readonly left: number
  readonly right: number
}

/** Minimum gap between two cells, in font sizes; the cells of one row may be closer. */
const CELL_GAP = 1
/** Maximum distance of two edges that are aligned, in font sizes. */
const ALIGNED = 0.3

/**
 * Finds the tables in the lines of a page: three rows, or two with three cells, whose cells stand one below the other.
 * Returns the cells of each line in a table.
 */
export function findTables(lines: readonly PdfLine[]): ReadonlyMap<PdfLine, TableRow> {
  const found = new Map<PdfLine, TableRow>()
  const cells = lines.map(cellsOf)
  for (let start = 0; start < lines.length;) {
    let end = start + 1
    while (end < lines.length && isNextRow(lines, cells, end)) end += 1
    const most = Math.max(...cells.slice(start, end).map((row) => row.length))
    if (most >= 2 && (end - start >= 3 || (end - start === 2 && most >= 3))) {
      const edges = cells.slice(start, end).flatMap((row) => row.slice(1).map(({ left }) => left))
      for (const line of lines.slice(start, end)) found.set(line, splitAtEdges(line, edges))
    }
    start = end
  }
  return found
}

function cellsOf(line: PdfLine): readonly Cell[] {
  const { items, fontSize } = line
  const cells: Cell[] = []
  if (isJustified(line)) return [{ items, left: line.left, right: line.right }]
  for (const item of items) {
    const cell = cells.at(-1)
    if (cell && item.left - cell.right < CELL_GAP * fontSize) {
      cells[cells.length - 1] = { ...cell, items: [...cell.items, item], right: Math.max(cell.right, item.right) }
    } else {
      cells.push({ items: [item], left: item.left, right: item.right })
    }
  }
  return cells
}

/** Returns true for a line that fills its region by equal gaps between its words. */
function isJustified({ items, left, right, regionLeft, regionRight, fontSize }: PdfLine): boolean {
  if (items.length < 3 || !isNear(left, regionLeft, 2 * fontSize) || !isNear(right, regionRight, fontSize)) return false
  const gaps = items.slice(1).map((item, index) => item.left - (items[index]?.right ?? 0))
  // Several texts of one word have no gap.
  const wide = gaps.filter((gap) => gap > 0.1 * fontSize)
  return Math.max(...wide) - Math.min(...wide) < 0.25 * fontSize
}

/** Returns true if a line continues the table of the line before. */
function isNextRow(lines: readonly PdfLine[], cells: readonly (readonly Cell[])[], index: number): boolean {
  const [line, last] = [lines[index], lines[index - 1]]
  const [row, rowBefore] = [cells[index] ?? [], cells[index - 1] ?? []]
  if (!line || !last || line.region !== last.region) return false
  const { fontSize } = line
  if (row.length > 1 && rowBefore.length > 1) return isAligned(row, rowBefore, fontSize)
  // The cells of one row may be so close that they look like one text.
  const [single, several] = row.length > 1 ? [last, row] : [line, rowBefore]
  return several.slice(1).some(({ left }) => {
    const next = single.items.findIndex((item) => Math.abs(item.left - left) < 0.1 * fontSize)
    const gap = (single.items[next]?.left ?? 0) - (single.items[next - 1]?.right ?? Infinity)
    return next > 0 && gap > 0.2 * fontSize
  })
}

/** Returns true if each cell of the shorter row, except for the first one, stands below one of the other. */
function isAligned(row: readonly Cell[], rowBefore: readonly Cell[], fontSize: number): boolean {
  const [fewer, more] = row.length < rowBefore.length ? [row, rowBefore] : [rowBefore, row]
  return fewer.slice(1).every((cell) => more.some((other) => isBelow(cell, other, fontSize)))
}

function isBelow(cell: Cell, other: Cell, fontSize: number): boolean {
  const isCentered = isNear(cell.left + cell.right, other.left + other.right, 2 * fontSize)
  return isNear(cell.left, other.left, fontSize) || isNear(cell.right, other.right, fontSize) || isCentered
}

function isNear(a: number, b: number, fontSize: number): boolean {
  return Math.abs(a - b) < ALIGNED * fontSize
}

function splitAtEdges({ items, fontSize }: PdfLine, edges: readonly number[]): TableRow {
  const cells: PdfItem[][] = []
  let right = -Infinity
  for (const item of items) {
    const cell = cells.at(-1)
    const gap = item.left - right
    const isAtEdge = gap > 0.2 * fontSize && edges.some((edge) => Math.abs(edge - item.left) < 0.1 * fontSize)
    if (cell && gap < CELL_GAP * fontSize && !isAtEdge) cell.push(item)
    else cells.push([item])
    right = Math.max(right, item.right)
  }
  return cells
}
