import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PdfItem, PdfPage } from '../../../../src/knowledge/loaders/pdf/pdf-content.ts'
import { pdfToDocument } from '../../../../src/knowledge/loaders/pdf/pdf-to-document.ts'

const SIZE = 10

/** Returns a text at a position, with letters of half the width of their size. */
function item(text: string, left: number, baseline: number, fontSize = SIZE): PdfItem {
  return {
    text,
    afterSpace: false,
    isRightToLeft: /\p{Script=Arabic}/u.test(text),
    isMonospace: false,
    fontSize,
    turns: 0,
    left,
    right: left + (text.length * fontSize) / 2,
    top: baseline - 0.8 * fontSize,
    bottom: baseline + 0.2 * fontSize,
    baseline,
  }
}

/** Returns lines below each other. */
function lines(texts: readonly string[], left = 50, top = 100): readonly PdfItem[] {
  return texts.map((text, index) => item(text, left, top + 12 * index))
}

function pagesOf(...pages: readonly (readonly PdfItem[])[]): readonly PdfPage[] {
  return pages.map((items, index) => ({ number: index + 1, width: 600, height: 800, items }))
}

function textOf(...pages: readonly (readonly PdfItem[])[]): string {
  return pdfToDocument({ outline: [], pages: pagesOf(...pages) }).text
}

const FULL = 'words that fill the line up to its right edge and'

describe('pdfToDocument', () => {
  it('joins the parts of a divided word, with a rectangle for each', () => {
    const { text, pages } = pdfToDocument({ outline: [], pages: pagesOf(lines([`${FULL} an exam-`, 'ple of it'])) })
    expect(text).toBe(`${FULL} an example of it`)
    const found = pages?.[0]?.rectangles.map(({ start, end, y }) => [text.slice(start, end), y])
    expect(found).toEqual([
      [`${FULL} an exam`, 92],
      ['ple of it', 104],
    ])
  })

  it('keeps the hyphen of a compound that is elsewhere in the document, and of a common end', () => {
    const known = lines(['The post-war years'], 50, 60)
    expect(textOf([...known, ...lines([`${FULL} the post-`, 'war order'])])).toContain('the post-war order')
    expect(textOf(lines([`${FULL} der Ein-`, 'und Ausgang']))).toContain('der Ein- und Ausgang')
    expect(textOf(lines([`${FULL} eine E-`, 'Mail von ihm']))).toContain('eine E-Mail von ihm')
    expect(textOf(lines([`${FULL} in 1990-`, '2000 there']))).toContain('in 1990-2000 there')
  })

  it('begins a paragraph at a gap, at an indent, at a list item and after a short last line', () => {
    const gap = [...lines([FULL, FULL]), ...lines([FULL, FULL], 50, 140)]
    expect(textOf(gap).split('\n\n')).toHaveLength(2)
    const indented = [item(FULL, 50, 100), item(FULL, 50, 112), item(FULL, 65, 124), item(FULL, 50, 136)]
    expect(textOf(indented).split('\n\n')).toHaveLength(2)
    expect(textOf(lines([FULL, '• one', '• two'])).split('\n\n')).toEqual([FULL, '• one', '• two'])
    expect(textOf(lines([FULL, 'ends here.', FULL, FULL])).split('\n\n')).toHaveLength(2)
  })

  it('reads a raised number in its line', () => {
    expect(textOf([item('as shown', 50, 100), item('2', 90, 96, 6), item('there', 100, 100)])).toBe('as shown2 there')
  })

  it('prints a text once that is drawn twice to make it bold', () => {
    expect(textOf([item('Bold', 50, 100), item('Bold', 50.4, 100)])).toBe('Bold')
  })

  it('reads texts of other directions after the page', () => {
    const rotated: PdfItem = { ...item('arXiv:1234', 300, -20), turns: 3 }
    const { text, pages } = pdfToDocument({ outline: [], pages: pagesOf([rotated, ...lines([FULL, FULL])]) })
    expect(text).toBe(`${FULL} ${FULL}\n\narXiv:1234`)
    const { width = 0, height = 0 } = pages?.[0]?.rectangles.at(-1) ?? {}
    expect(height).toBeGreaterThan(width)
  })
})

describe('pdfToDocument and headers', () => {
  const body = (page: number): readonly PdfItem[] => lines([`Body of page ${page}`, `goes on with ${page * 7} things`])
  const withMargins = (page: number): readonly PdfItem[] => [
    item('Annual report', 50, 30),
    ...body(page),
    item(`Page ${page + 4} of 20`, 250, 780),
  ]

  it('leaves out page numbers, and headers except for the first', () => {
    const text = textOf(...[1, 2, 3, 4, 5].map(withMargins))
    expect(text.match(/Annual report/g)).toHaveLength(1)
    expect(text).not.toContain('of 20')
    expect(text.match(/Body of page/g)).toHaveLength(5)
  })

  it('leaves out headers that are on even pages only', () => {
    const even = (page: number): readonly PdfItem[] => (page % 2 === 0 ? [item('Chapter', 50, 30)] : [])
    const text = textOf(...[1, 2, 3, 4, 5, 6, 7, 8].map((page) => [...even(page), ...body(page)]))
    expect(text.match(/Chapter/g)).toHaveLength(1)
  })

  it('keeps lines that differ, numbers that do not count pages, and equal lines at other heights', () => {
    const invoice = (page: number): readonly PdfItem[] => [item(`Invoice 10${page}`, 50, 30), ...body(page)]
    expect(textOf(...[1, 2, 3, 4].map(invoice)).match(/Invoice/g)).toHaveLength(4)
    const amount = (page: number): readonly PdfItem[] => [item(`${page * page * 3}`, 50, 30), ...body(page)]
    expect(textOf(...[1, 2, 3, 4].map(amount))).toMatch(/^3\n\nBody[^]*12[^]*27[^]*48/)
    const total = (page: number): readonly PdfItem[] => [...body(page), item('Total', 50, 200 + 40 * page)]
    expect(textOf(...[1, 2, 3, 4].map(total)).match(/Total/g)).toHaveLength(4)
  })

  it('keeps a last line of a text that is the same on most pages', () => {
    const ending = (page: number): readonly PdfItem[] => [
      ...lines([`Text of ${page * 3}`, 'and so on.'], 50, 60),
      ...lines([`Text of ${page * 7}`, 'and so on.'], 50, 740),
      item(`${page}`, 300, 785),
    ]
    const text = textOf(...[1, 2, 3, 4].map(ending))
    expect(text.match(/and so on/g)).toHaveLength(8)
    expect(text).not.toMatch(/^\d$/m)
  })

  it('keeps a line of the body that repeats inside of the page', () => {
    const repeated = (page: number): readonly PdfItem[] =>
      lines([`First ${page}x`, `Second ${page}y`, 'The same', `Last ${page}z`])
    expect(textOf(...[1, 2, 3, 4].map(repeated)).match(/The same/g)).toHaveLength(4)
  })
})

const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'ü', '企', '鹅', 'ي', '-', '.', '𝒳'),
  minLength: 1,
  maxLength: 12,
})
const anyItem = fc
  .tuple(word, fc.integer({ min: 0, max: 500 }), fc.integer({ min: 20, max: 700 }), fc.constantFrom(6, 10, 10, 10, 18))
  .map(([text, left, baseline, size]) => item(text, left, baseline, size))
const anyPages = fc.array(fc.array(anyItem, { maxLength: 60 }), { maxLength: 5 })

describe('the offsets of pdfToDocument', () => {
  it('name for each rectangle the characters that it has, and lie in the page and in a block', () => {
    fc.assert(
      fc.property(anyPages, (pages) => {
        const { text, blocks = [], pages: loaded = [] } = pdfToDocument({ outline: [], pages: pagesOf(...pages) })
        let [end, blockEnd] = [0, 0]
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(blockEnd)
          expect(block.end).toBeGreaterThan(block.start)
          blockEnd = block.end
        }
        expect(blockEnd).toBe(text.length)
        for (const page of loaded) {
          const drawn = pages[page.number - 1]?.map((drawnItem) => drawnItem.text.replace(/-$/, '')) ?? []
          for (const rectangle of page.rectangles) {
            expect(rectangle.start).toBeGreaterThanOrEqual(Math.max(end, page.start))
            expect(rectangle.end).toBeLessThanOrEqual(page.end)
            const part = text.slice(rectangle.start, rectangle.end)
            expect(drawn.some((drawnText) => part.includes(drawnText))).toBe(true)
            expect(blocks.some(({ start, end: last }) => start <= rectangle.start && rectangle.end <= last)).toBe(true)
            end = rectangle.end
          }
        }
      }),
    )
  })

  it('lose no character, except for hyphens at the end of lines, headers and texts that are drawn twice', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 60 }), (items) => {
        const unique = [...new Map(items.map((drawn) => [drawn.text, drawn])).values()]
        const count = (texts: string): number => texts.replace(/[\s|-]/g, '').length
        expect(count(textOf(unique))).toBe(count(unique.map(({ text }) => text).join('')))
      }),
    )
  })

  it('do not depend on the order in which a page is drawn', () => {
    const page = fc.uniqueArray(anyItem, { maxLength: 40, selector: ({ left, baseline }) => `${left} ${baseline}` })
    fc.assert(
      fc.property(page, fc.infiniteStream(fc.nat()), (items, keys) => {
        const keyed = items.map((drawn) => ({ drawn, key: keys.next().value ?? 0 }))
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ drawn }) => drawn)
        expect(textOf(shuffled)).toBe(textOf(items))
      }),
    )
  })
})
