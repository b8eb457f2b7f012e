import type { PdfOutlineEntry } from './pdf-content.ts'
import type { PdfLine } from './page-lines.ts'

/** A page with its lines in reading order. */
export interface LinedPage {
  /** Number of the page, from 1. */
  readonly number: number
  /** The lines. */
  readonly lines: readonly PdfLine[]
}

/** A heading; its lines share one object. */
export interface PdfHeading {
  /** The level, from 1. */
  readonly level: number
}

/** The size of a heading by that of the body, at least. */
const LARGER = 1.15
const MAX_LINES = 3
const MAX_CHARS = 200
const MAX_LEVEL = 6
/** Letters of a size that is more frequent than this are a text, not headings. */
const MOST_CHARS = 0.3
/** Share of an outline that must be found on the pages, so that it is used. */
const FOUND_IN_OUTLINE = 0.5

/**
 * Finds the lines of headings and their levels: those that the outline of the PDF names, or, without a usable outline,
 * those that are clearly larger than the body.
 */
export function findHeadings(
  pages: readonly LinedPage[],
  outline: readonly PdfOutlineEntry[],
): ReadonlyMap<PdfLine, PdfHeading> {
  const named = headingsOfOutline(pages, outline)
  return named.found > 0 && named.found >= FOUND_IN_OUTLINE * outline.length ? named.levels : largeLines(pages)
}

function headingsOfOutline(pages: readonly LinedPage[], outline: readonly PdfOutlineEntry[]) {
  const levels = new Map<PdfLine, PdfHeading>()
  const linesOf = new Map(pages.map(({ number, lines }) => [number, lines]))
  let found = 0
  for (const { title, level, page } of outline) {
    const lines = findLines(linesOf.get(page) ?? [], letters(title), levels)
    if (lines.length > 0) found += 1
    const heading = { level }
    for (const line of lines) levels.set(line, heading)
  }
  return { levels, found }
}

/** Returns the adjacent lines that together are a title. */
function findLines(
  lines: readonly PdfLine[],
  title: string,
  taken: ReadonlyMap<PdfLine, PdfHeading>,
): readonly PdfLine[] {
  if (title === '') return []
  for (let start = 0; start < lines.length; start++) {
    let text = ''
    for (let end = start; end < Math.min(lines.length, start + MAX_LINES); end++) {
      const line = lines[end]
      if (!line || taken.has(line)) break
      text += letters(textOf(line))
      if (text === title) return lines.slice(start, end + 1)
      if (!title.startsWith(text)) break
    }
  }
  return []
}

function textOf({ items }: PdfLine): string {
  return items.map(({ text }) => text).join('')
}

function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

function largeLines(pages: readonly LinedPage[]): ReadonlyMap<PdfLine, PdfHeading> {
  const charsOfSize = new Map<number, number>()
  let all = 0
  for (const line of pages.flatMap(({ lines }) => lines)) {
    const { length } = textOf(line)
    charsOfSize.set(sizeOf(line), (charsOfSize.get(sizeOf(line)) ?? 0) + length)
    all += length
  }
  const [[body] = [0]] = [...charsOfSize].toSorted(([, a], [, b]) => b - a)
  const isLarge = (line: PdfLine): boolean =>
    line.fontSize >= LARGER * body && (charsOfSize.get(sizeOf(line)) ?? 0) <= MOST_CHARS * all
  const headings = pages.flatMap(({ lines }) => groupsOf(lines, isLarge)).filter(isHeading)
  const sizes = [...new Set(headings.flat().map(sizeOf))].toSorted((a, b) => b - a)
  return new Map(
    headings.flatMap((lines) => {
      const heading = { level: Math.min(MAX_LEVEL, sizes.indexOf(sizeOf(lines[0])) + 1) }
      return lines.map((line) => [line, heading] as const)
    }),
  )
}

function sizeOf({ fontSize }: PdfLine): number {
  return Math.round(fontSize * 2) / 2
}

type Lines = readonly [PdfLine, ...PdfLine[]]

/** Groups adjacent large lines of one size. */
function groupsOf(lines: readonly PdfLine[], isLarge: (line: PdfLine) => boolean): readonly Lines[] {
  const groups: [PdfLine, ...PdfLine[]][] = []
  let last: PdfLine | undefined
  for (const line of lines) {
    if (!isLarge(line)) {
      last = undefined
      continue
    }
    const isNext = last && sizeOf(last) === sizeOf(line) && line.baseline - last.baseline < 2 * line.fontSize
    if (isNext && last && line.region === last.region) groups.at(-1)?.push(line)
    else groups.push([line])
    last = line
  }
  return groups
}

function isHeading(lines: readonly PdfLine[]): boolean {
  const text = lines.map(textOf).join('')
  return lines.length <= MAX_LINES && text.length <= MAX_CHARS && /\p{L}/u.test(text)
}
