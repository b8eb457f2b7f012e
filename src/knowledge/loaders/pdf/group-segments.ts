import type { PdfItem } from './pdf-content.ts'

/** Adjacent texts of a row without a wide gap between them. */
export interface Segment {
  /** The texts, from left to right. */
  readonly items: readonly PdfItem[]
  /** Index of the row on the page, from the top. */
  readonly row: number
  /** Left edge. */
  readonly left: number
  /** Right edge. */
  readonly right: number
  /** Upper edge. */
  readonly top: number
  /** Lower edge. */
  readonly bottom: number
  /** The line on which most letters stand. */
  readonly baseline: number
  /** The size of most letters. */
  readonly fontSize: number
}

/** Share of the smaller height by which two texts of a row overlap; a raised note number still does. */
const ROW_OVERLAP = 0.5
/** Gap between segments, as a share of the font size. The gap between two columns is wider, most spaces are narrower. */
const SEGMENT_GAP = 0.7

/** Groups the texts of a page into rows, and each row into segments. Rows are in order from the top. */
export function groupSegments(items: readonly PdfItem[]): readonly Segment[] {
  return rowsOf(items).flatMap((row, index) => segmentsOf(row, index))
}

/** Groups texts into rows, from the top. A raised note number is in the row of its line. */
export function rowsOf(items: readonly PdfItem[]): readonly (readonly PdfItem[])[] {
  const rows: PdfItem[][] = []
  let largest: PdfItem | undefined
  for (const item of items.toSorted((a, b) => a.baseline - b.baseline || a.left - b.left)) {
    const row = rows.at(-1)
    if (row && largest && isBeside(item, largest)) {
      row.push(item)
      if (item.fontSize > largest.fontSize) largest = item
    } else {
      rows.push([item])
      largest = item
    }
  }
  return rows
}

function isBeside(item: PdfItem, other: PdfItem): boolean {
  const overlap = Math.min(item.bottom, other.bottom) - Math.max(item.top, other.top)
  return overlap >= ROW_OVERLAP * Math.min(item.bottom - item.top, other.bottom - other.top)
}

function segmentsOf(row: readonly PdfItem[], index: number): readonly Segment[] {
  const groups: PdfItem[][] = []
  let last: PdfItem | undefined
  let right = -Infinity
  for (const item of row.toSorted((a, b) => a.left - b.left)) {
    if (last && isPrintedTwice(item, last)) continue
    const group = groups.at(-1)
    if (group && last && !isApart(item, last, right)) group.push(item)
    else groups.push([item])
    right = Math.max(item.right, groups.at(-1)?.length === 1 ? -Infinity : right)
    last = item
  }
  return groups.map((group) => toSegment(group, index))
}

/** Some programs print a text twice, slightly moved, to make it bold or to give it a shadow. */
function isPrintedTwice(item: PdfItem, last: PdfItem): boolean {
  const isNear = Math.abs(item.left - last.left) + Math.abs(item.baseline - last.baseline) < 0.25 * item.fontSize
  return isNear && item.text === last.text
}

function isApart(item: PdfItem, last: PdfItem, right: number): boolean {
  const fontSize = Math.max(item.fontSize, last.fontSize)
  if (item.left - right > SEGMENT_GAP * fontSize) return true
  // Texts of one size on two baselines are of two columns.
  const isOfOneSize = Math.min(item.fontSize, last.fontSize) > 0.95 * fontSize
  return isOfOneSize && Math.abs(item.baseline - last.baseline) > 0.12 * fontSize
}

/** Returns texts of one row, from left to right, as a segment. */
export function toSegment(items: readonly PdfItem[], row: number): Segment {
  let main = items[0]
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  const charsOfSize = new Map<number, number>()
  let most = 0
  for (const item of items) {
    left = Math.min(left, item.left)
    right = Math.max(right, item.right)
    top = Math.min(top, item.top)
    bottom = Math.max(bottom, item.bottom)
    const size = Math.round(item.fontSize * 4)
    const chars = (charsOfSize.get(size) ?? 0) + item.text.length
    charsOfSize.set(size, chars)
    if (chars <= most) continue
    most = chars
    main = item
  }
  return { items, row, left, right, top, bottom, baseline: main?.baseline ?? 0, fontSize: main?.fontSize ?? 0 }
}
