import type { Segment } from './group-segments.ts'

/** A page with the segments in which most of its text stands. */
export interface SegmentedPage {
  /** Number of the page, from 1. */
  readonly number: number
  /** The segments. */
  readonly segments: readonly Segment[]
}

interface Candidate {
  readonly page: number
  readonly segment: Segment
  readonly text: string
  /** The number in a text that is nothing but a page number. */
  readonly pageNumber: number | undefined
}

/** Rows at the top and at the bottom of a page that may repeat. */
const MARGIN_ROWS = 3
const MIN_PAGES = 3
/** Share of the pages, or of the odd or even ones, on which a header repeats. */
const MOST = 0.6
/** Distance between a header and the text, in font sizes. */
const MARGIN_PITCH = 1.8
/** Maximum difference of its height on two pages, in points. */
const SAME_HEIGHT = 3
const PAGE_NUMBER =
  /^[-–—|·\s]*(?:(?:page|seite|p\.|pg\.?|s\.|página|pagina|第|页)?\s*)(\d{1,5})\s*(?:(?:\/|of|von|sur|de|di|页，?共?|頁|共)\s*\d{1,5}\s*)?[页頁]?[-–—|·\s]*$/iu

/**
 * Returns the segments that repeat at the top or bottom of most pages: headers, footers and page numbers. The first
 * occurrence of a header is not among them, so that no words are lost.
 */
export function findRunningLines(pages: readonly SegmentedPage[]): ReadonlySet<Segment> {
  const repeated = new Set<Segment>()
  if (pages.length < MIN_PAGES) return repeated
  const margins = pages.flatMap(marginsOf)
  const candidates = margins.flatMap(({ rows }) => rows.flat())
  addRepeated(candidates, pages.length, repeated)
  addPageNumbers(candidates, pages.length, repeated)
  return new Set(margins.flatMap((margin) => outermost(margin, repeated)))
}

/** The rows at the top or at the bottom of a page. */
interface Margin {
  /** The rows, the outermost first. */
  readonly rows: readonly (readonly Candidate[])[]
  /** The row next to them. */
  readonly inner: readonly Candidate[] | undefined
}

/** Returns the top and the bottom of a page. */
function marginsOf({ number, segments }: SegmentedPage): readonly Margin[] {
  const rows = new Map<number, Candidate[]>()
  for (const segment of segments) {
    const text = segment.items.map((item) => item.text).join(' ')
    const digits = PAGE_NUMBER.exec(text)?.[1]
    const candidate = { page: number, segment, text, pageNumber: digits === undefined ? undefined : Number(digits) }
    const row = rows.get(segment.row)
    if (row) row.push(candidate)
    else rows.set(segment.row, [candidate])
  }
  const sorted = [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row)
  // A row in the middle of a short page belongs to one margin only.
  const top = Math.min(MARGIN_ROWS, Math.ceil(sorted.length / 2))
  const bottom = Math.max(top, sorted.length - MARGIN_ROWS)
  return [
    { rows: sorted.slice(0, top), inner: sorted[top] },
    { rows: sorted.slice(bottom).toReversed(), inner: sorted[bottom - 1] },
  ]
}

function addRepeated(candidates: readonly Candidate[], pageCount: number, repeated: Set<Segment>): void {
  for (const group of Map.groupBy(candidates, ({ text }) => text).values()) {
    for (const place of groupsOfHeight(group)) {
      if (!isOnMost(place, pageCount)) continue
      const first = Math.min(...place.map(({ page }) => page))
      for (const { page, segment } of place) if (page > first) repeated.add(segment)
    }
  }
}

/** Groups candidates by their height on the page. */
function groupsOfHeight(group: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const groups: Candidate[][] = []
  for (const candidate of group.toSorted((a, b) => a.segment.baseline - b.segment.baseline)) {
    const last = groups.at(-1)
    const isSame = last?.[0] && candidate.segment.baseline - last[0].segment.baseline <= SAME_HEIGHT
    if (isSame) last.push(candidate)
    else groups.push([candidate])
  }
  return groups
}

function isOnMost(candidates: readonly Candidate[], pageCount: number): boolean {
  const pages = new Set(candidates.map(({ page }) => page))
  if (pages.size < MIN_PAGES) return false
  const odd = [...pages].filter((page) => page % 2 === 1).length
  const isOnMostOfOneSide = odd >= MOST * Math.ceil(pageCount / 2) || pages.size - odd >= MOST * (pageCount >> 1)
  return pages.size >= MOST * pageCount || isOnMostOfOneSide
}

/** Adds numbers that grow with the pages. */
function addPageNumbers(candidates: readonly Candidate[], pageCount: number, repeated: Set<Segment>): void {
  const numbered = candidates.filter(({ pageNumber }) => pageNumber !== undefined)
  const groups = Map.groupBy(numbered, ({ page, pageNumber = 0 }) => pageNumber - page)
  for (const place of [...groups.values()].flatMap(groupsOfHeight)) {
    if (!isOnMost(place, pageCount)) continue
    for (const { segment } of place) repeated.add(segment)
  }
}

/** Returns the repeated segments of the rows from the edge of the page to the first row that does not repeat. */
function outermost({ rows, inner }: Margin, repeated: ReadonlySet<Segment>): readonly Segment[] {
  const found: Segment[] = []
  let pending: Segment[] = []
  for (const [index, row] of rows.entries()) {
    const running = row.filter(({ segment }) => repeated.has(segment))
    const isTextNext = !isApart(row, rows[index + 1] ?? inner)
    if (running.length < row.length) {
      // Words of the body may stand at the same place on most pages. A row with other words loses only its page number.
      const numbers = isTextNext ? [] : running.filter(({ pageNumber }) => pageNumber !== undefined)
      return [...found, ...numbers.map(({ segment }) => segment)]
    }
    pending.push(...running.map(({ segment }) => segment))
    // A line that is as near to the next one as the lines of a text belongs to the text.
    if (isTextNext) continue
    found.push(...pending)
    pending = []
  }
  return found
}

function isApart([first]: readonly Candidate[], [next]: readonly Candidate[] = []): boolean {
  if (!first || !next) return true
  return Math.abs(first.segment.baseline - next.segment.baseline) >= MARGIN_PITCH * next.segment.fontSize
}
