import type { Segment } from './group-segments.ts'
import { medianOf } from './median-of.ts'

/** Segments that are read row by row. */
export type Region = readonly Segment[]

interface Interval {
  readonly from: number
  readonly to: number
}

/** Minimum width of the gap between columns, as a share of the font size. */
const GUTTER = 0.9
/** A column has at least this many rows, this width in font sizes, and rows that fill this share of its width. */
const COLUMN = { rows: 3, width: 10, fill: 0.6 }
/** Maximum distance between the rows of a text, in font sizes; the rows of a table are often farther apart. */
const TEXT_PITCH = 2
/** Gap before a heading below all columns, and between them and a header or a footer, in font sizes. */
const [PARAGRAPH_GAP, MARGIN_GAP] = [0.6, 2]
/** Maximum number of segments in the left column above the right one. */
const MAX_LEAD = 100
/** Pages with more segments are not searched for columns, because the time grows with the square. */
const MAX_SEGMENTS = 20_000

/**
 * Divides the segments of a page into regions, in reading order: each column of text is one, and so are the rows between
 * two sets of columns. The columns of a table are not: its cells are short.
 */
export function orderColumns(segments: readonly Segment[]): readonly Region[] {
  const sorted = segments.toSorted((a, b) => a.baseline - b.baseline || a.left - b.left)
  if (sorted.length > MAX_SEGMENTS) return [sorted]
  const regions: Region[] = []
  let plain: Segment[] = []
  for (let start = 0; start < sorted.length;) {
    const { columns, end } = columnsFrom(sorted, start)
    if (columns.length > 1) {
      if (plain.length > 0) regions.push(plain)
      regions.push(...columns)
      plain = []
      start = end
    } else {
      plain.push(...sorted.slice(start, start + 1))
      start += 1
    }
  }
  return plain.length > 0 ? [...regions, plain] : regions
}

interface Columns {
  readonly columns: readonly Region[]
  /** Index after the last segment of the columns. */
  readonly end: number
}

/** Returns the columns that begin at a segment: as many segments as leave a common gap. */
function columnsFrom(sorted: readonly Segment[], start: number): Columns {
  const first = sorted[start]
  if (!first) return { columns: [], end: start }
  let gaps: readonly Interval[] = [{ from: -Infinity, to: Infinity }]
  let end = start
  for (; end < sorted.length; end++) {
    const segment = sorted[end]
    if (!segment) break
    const next = gaps.flatMap((gap) => without(gap, segment))
    // Without a gap so far, all segments may be in the left column, and the right one may begin below.
    const isOver = gaps.some(isInner) ? !next.some(isInner) : end - start > MAX_LEAD
    if (isOver) break
    gaps = next
  }
  const band = sorted.slice(start, end)
  const columns = splitAt(band, gaps.filter(isInner))
  if (columns.length < 2) return { columns, end }
  // The caller takes the first segment alone, and tries again.
  if (partOfOneColumn(band, columns, MARGIN_GAP).head > 0) return { columns: [], end }
  const gap = end < sorted.length ? PARAGRAPH_GAP : MARGIN_GAP
  const { tail } = partOfOneColumn(band, columns, gap)
  const kept = new Set(band.slice(0, tail))
  return { columns: columns.map((column) => column.filter((segment) => kept.has(segment))), end: start + tail }
}

function without({ from, to }: Interval, { left, right, fontSize }: Segment): readonly Interval[] {
  const parts = [
    { from, to: Math.min(to, left) },
    { from: Math.max(from, right), to },
  ]
  return parts.filter((part) => part.to - part.from >= GUTTER * fontSize)
}

function isInner({ from, to }: Interval): boolean {
  return Number.isFinite(from) && Number.isFinite(to)
}

/** Splits segments at those gaps that have text columns on both sides. */
function splitAt(band: readonly Segment[], gaps: readonly Interval[]): readonly Region[] {
  const sortedGaps = gaps.toSorted((a, b) => a.from - b.from)
  let columns: Region[] = [band]
  for (const gap of sortedGaps) {
    const rest = columns.at(-1) ?? []
    const left = rest.filter((segment) => segment.right <= gap.from)
    const right = rest.filter((segment) => segment.left >= gap.to)
    const next = nextColumn(right, sortedGaps)
    if (isTextColumn(left) && isTextColumn(next)) columns = [...columns.slice(0, -1), left, right]
  }
  return columns
}

/** Returns the segments before the next gap. */
function nextColumn(segments: readonly Segment[], gaps: readonly Interval[]): readonly Segment[] {
  const left = Math.min(...segments.map((segment) => segment.left))
  const end = gaps.find((gap) => gap.from > left)?.from ?? Infinity
  return segments.filter((segment) => segment.right <= end)
}

function isTextColumn(segments: readonly Segment[]): boolean {
  const rows = new Map<number, Interval & { readonly baseline: number }>()
  for (const { row, left, right, baseline } of segments) {
    const { from = left, to = right } = rows.get(row) ?? {}
    rows.set(row, { from: Math.min(from, left), to: Math.max(to, right), baseline })
  }
  const lines = [...rows.values()]
  if (lines.length < COLUMN.rows) return false
  const fontSize = medianOf(segments.map((segment) => segment.fontSize))
  const width = Math.max(...lines.map(({ to }) => to)) - Math.min(...lines.map(({ from }) => from))
  const filled = lines.reduce((sum, { from, to }) => sum + to - from, 0) / lines.length
  const pitches = lines.slice(1).map(({ baseline }, index) => baseline - (lines[index]?.baseline ?? 0))
  const isDense = medianOf(pitches) <= TEXT_PITCH * fontSize
  return width >= COLUMN.width * fontSize && filled >= COLUMN.fill * width && isDense
}

/**
 * Finds one or two rows above or below all columns that stand in one of them and belong to none: a header, a footer, or the
 * heading of a text that goes on over the whole width. Returns the index after those above, and the index of those below.
 */
function partOfOneColumn(band: readonly Segment[], columns: readonly Region[], gap: number) {
  let bottom = -Infinity
  let [head, tail] = [0, band.length]
  for (const [index, segment] of band.entries()) {
    if (index > 0 && segment.top - bottom > gap * segment.fontSize) {
      if (head === 0) head = index
      tail = index
    }
    bottom = Math.max(bottom, segment.bottom)
  }
  const isApart = (part: readonly Segment[]): boolean => {
    const rows = new Set(part.map(({ row }) => row))
    const members = new Set(part)
    return rows.size <= 2 && columns.filter((column) => column.some((segment) => members.has(segment))).length === 1
  }
  return {
    head: isApart(band.slice(0, head)) ? head : 0,
    tail: tail > 0 && isApart(band.slice(tail)) ? tail : band.length,
  }
}
