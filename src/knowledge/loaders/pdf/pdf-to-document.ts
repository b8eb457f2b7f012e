import type { LoadedDocument, LoadedPage, TextRectangle } from '../../documents/loaded-document.ts'
import type { Block } from '../../text/find-blocks.ts'
import { findHeadings } from './find-headings.ts'
import { findTables, type TableRow } from './find-tables.ts'
import { groupBlocks, isCode, type PdfBlock } from './group-blocks.ts'
import { joinLines, vocabularyOf, type Vocabulary } from './join-lines.ts'
import { linesOfPage, segmentsOfPage } from './page-lines.ts'
import type { PdfContent } from './pdf-content.ts'
import { pdfTitle } from './pdf-title.ts'
import { findRunningLines } from './running-lines.ts'
import type { TextPart } from './to-parts.ts'

const BETWEEN_CELLS = ' | '

/** Returns the text of a PDF in reading order, with its headings, tables and the place of each word. */
export function pdfToDocument({ title, outline, pages }: PdfContent): LoadedDocument {
  const segmented = pages.map((page) => ({ number: page.number, segments: segmentsOfPage(page) }))
  const running = findRunningLines(segmented.map(({ number, segments }) => ({ number, segments: segments[0] ?? [] })))
  const lined = segmented.map(({ number, segments }) => ({
    number,
    lines: linesOfPage(segments.map((group) => group.filter((segment) => !running.has(segment)))),
  }))
  const headings = findHeadings(lined, outline)
  const vocabulary = vocabularyOf(textsOf(pages))
  const writer = createWriter()
  for (const { number, lines } of lined) {
    const tables = findTables(lines.filter((line) => !headings.has(line) && !isCode(line)))
    writer.openPage(number)
    for (const block of groupBlocks(lines, { headings, tables }))
      writer.write(block, partsOf(block, tables, vocabulary))
  }
  const document = writer.end()
  return { ...document, title: pdfTitle(title, document), place: 'page' }
}

function* textsOf(pages: PdfContent['pages']): Generator<string> {
  for (const { items } of pages) for (const { text } of items) yield text
}

function partsOf(
  { kind, lines }: PdfBlock,
  tables: ReadonlyMap<unknown, TableRow>,
  vocabulary: Vocabulary,
): readonly TextPart[] {
  if (kind !== 'verbatim')
    return joinLines(
      lines.map(({ items }) => items),
      vocabulary,
    )
  return lines.flatMap((line, index) => {
    const cells = tables.get(line) ?? [line.items]
    const parts = cells.flatMap((cell, column) => {
      const [first, ...rest] = joinLines([cell], vocabulary)
      return first ? [{ ...first, separator: column > 0 ? BETWEEN_CELLS : '' }, ...rest] : []
    })
    const [first, ...rest] = parts
    return first ? [{ ...first, separator: index > 0 ? '\n' : '' }, ...rest] : []
  })
}

/** Creates the writer of the text; offsets are those of what it wrote so far. */
function createWriter() {
  const texts: string[] = []
  const blocks: Block[] = []
  const pages: (LoadedPage & { end: number; rectangles: TextRectangle[] })[] = []
  let length = 0
  let start = 0

  function append(text: string): void {
    texts.push(text)
    length += text.length
  }

  return {
    openPage(number: number): void {
      start = -1
      pages.push({ number, start: length, end: length, rectangles: [] })
    },
    write({ kind, level }: PdfBlock, parts: readonly TextPart[]): void {
      const page = pages.at(-1)
      if (!page || parts.length === 0) return
      if (length > 0) append('\n\n')
      const blockStart = length
      if (start === -1) start = blockStart
      for (const { text, separator, rectangle } of parts) {
        append(separator)
        page.rectangles.push({ start: length, end: length + text.length, ...rectangle })
        append(text)
      }
      blocks.push({ kind, level, start: blockStart, textStart: blockStart, end: length })
      pages[pages.length - 1] = { ...page, start, end: length }
    },
    end: () => ({ text: texts.join(''), blocks, pages }),
  }
}
