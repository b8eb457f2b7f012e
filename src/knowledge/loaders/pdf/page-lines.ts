import type { PdfItem, PdfPage, QuarterTurns } from './pdf-content.ts'
import { groupSegments, rowsOf, toSegment, type Segment } from './group-segments.ts'
import { orderColumns } from './order-columns.ts'

/** A line of text. */
export interface PdfLine extends Segment {
  /** Number of the region of the page that it belongs to; lines of two columns have two. */
  readonly region: number
  /** Left edge of the region. */
  readonly regionLeft: number
  /** Right edge of the region. */
  readonly regionRight: number
}

/** The segments of a page with one rotation. */
export type PageSegments = readonly Segment[]

const ALL_TURNS: readonly QuarterTurns[] = [0, 1, 2, 3]

/** Returns the segments of a page for each rotation of its texts, the most frequent rotation first. */
export function segmentsOfPage({ items }: PdfPage): readonly PageSegments[] {
  return ALL_TURNS.map((turns) => items.filter((item) => item.turns === turns))
    .filter((group) => group.length > 0)
    .toSorted((a, b) => charsOf(b) - charsOf(a))
    .map(groupSegments)
}

function charsOf(items: readonly PdfItem[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0)
}

/** Returns the lines of a page in reading order. */
export function linesOfPage(segmentsByTurns: readonly PageSegments[]): readonly PdfLine[] {
  let region = 0
  return segmentsByTurns.flatMap(orderColumns).flatMap((segments) => linesOf(segments, region++))
}

function linesOf(segments: readonly Segment[], region: number): readonly PdfLine[] {
  // Not the rows of the page: a large text beside two lines would join them.
  const rows = rowsOf(segments.flatMap(({ items }) => items))
  const lines = rows.map((items, row) =>
    toSegment(
      items.toSorted((a, b) => a.left - b.left),
      row,
    ),
  )
  const regionLeft = lines.reduce((left, line) => Math.min(left, line.left), Infinity)
  const regionRight = lines.reduce((right, line) => Math.max(right, line.right), -Infinity)
  return lines.toSorted((a, b) => a.baseline - b.baseline).map((line) => ({ ...line, region, regionLeft, regionRight }))
}
