import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from '../../../src/core/text/split-sentences.ts'
import { findBlocks, type Block } from '../../../src/knowledge/text/find-blocks.ts'
import { splitDocument } from '../../../src/knowledge/text/split-document.ts'
import { markdownText } from '../markdown-text.ts'

function split(text: string, chunkChars: number): readonly string[] {
  return splitDocument({ text }, chunkChars).map(({ start, end }) => text.slice(start, end))
}

const paragraph = (word: string): string => `${`${word} `.repeat(15)}end.`

describe('splitDocument', () => {
  it('keeps a short text whole, without surrounding white space', () => {
    expect(split('\n# A\n\nText.\n\n# B\n\nText.\n', 100)).toEqual(['# A\n\nText.\n\n# B\n\nText.'])
  })

  it('finds nothing in a text of only white space', () => {
    expect(splitDocument({ text: ' \n ' }, 100)).toEqual([])
  })

  it('cuts before headings rather than between paragraphs, and keeps a heading with its text', () => {
    const sections = ['one', 'two'].map((word) => `## ${word}\n\n${paragraph(word)}\n\n${paragraph(word)}`)
    expect(split(sections.join('\n\n'), 150)).toEqual(sections)
  })

  it('cuts between paragraphs rather than between sentences', () => {
    const paragraphs = ['A. B. C', 'D. E. F'].map((words) => `${`${words}. `.repeat(8)}End.`)
    expect(split(paragraphs.join('\n\n'), 120)).toEqual(paragraphs)
  })

  it('cuts a long paragraph between sentences', () => {
    const sentences = ['Eins', 'Zwei', 'Drei'].map((word) => `${`${word} `.repeat(15)}Ende.`)
    expect(split(sentences.join(' '), 100)).toEqual(sentences)
  })

  it('cuts a long sentence between words, and a long word between characters', () => {
    expect(split('word '.repeat(50).trim(), 100).every((piece) => /^word( word)*$/u.test(piece))).toBe(true)
    expect(split('😀'.repeat(99), 101).every((piece) => piece.isWellFormed())).toBe(true)
  })

  it('makes pieces of about equal size', () => {
    const lengths = split('Word word word. '.repeat(100), 1000).map((piece) => piece.length)
    expect(lengths).toHaveLength(2)
    expect(Math.min(...lengths)).toBeGreaterThan(700)
  })

  it('returns the headings above each piece, but not those inside it', () => {
    const text = [
      `# Top\n\n${'a. '.repeat(30)}`,
      `## Sub\n\n${'b. '.repeat(30)}`,
      'c. '.repeat(30),
      `# Next\n\n${'d. '.repeat(30)}`,
    ].join('\n\n')
    expect(splitDocument({ text }, 110).map(({ headings }) => headings)).toEqual([[], ['Top'], ['Top', 'Sub'], []])
  })

  it('returns the headings that the whole piece stands under, also those that it begins with', () => {
    const text = [
      `# Top\n\n## Sub\n\n${'a. '.repeat(30)}`,
      'b. '.repeat(30),
      `### Deep\n\n${'c. '.repeat(10)}\n\n### Other\n\n${'d. '.repeat(10)}`,
      `## Sub\n\n${'e. '.repeat(10)}\n\n### Inner\n\n${'f. '.repeat(10)}`,
      `Next\n====\n\n${'g. '.repeat(30)}`,
    ].join('\n\n')
    expect(splitDocument({ text }, 115).map(({ section }) => section)).toEqual([
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Next'],
    ])
    expect(splitDocument({ text }, 10_000).map(({ section }) => section)).toEqual([[]])
  })

  it('does not take front matter for text above the first heading', () => {
    const text = '---\nlang: en\n---\n# Returns\n\nOne.\n\n## Refunds\n\nTwo.'
    expect(splitDocument({ text }, 1_000).map(({ section }) => section)).toEqual([['Returns']])
    expect(splitDocument({ text: '---\nlang: en\n---\n' }, 1_000).map(({ section }) => section)).toEqual([[]])
    expect(splitDocument({ text: `Above.\n\n${text.slice(17)}` }, 1_000).map(({ section }) => section)).toEqual([[]])
  })

  it('does not take two headings with the same text for one section', () => {
    const text = '# Top\n\n## Example\n\nOne.\n\n## Example\n\nTwo.'
    expect(splitDocument({ text }, 1_000).map(({ section }) => section)).toEqual([['Top']])
  })

  it('takes nothing in code for a heading', () => {
    const text = '# Top\n\n```sh\n# comment\n```\n\nText.\n\n    # indented\n\nMore.'
    expect(splitDocument({ text }, 1_000).map(({ section }) => section)).toEqual([['Top']])
  })

  it('keeps code and tables whole that fit into a piece', () => {
    const code = `\`\`\`ts\n${'const a = 1\n\n'.repeat(9)}\`\`\``
    const table = `| a | b |\n| --- | --- |\n${'| one | two |\n'.repeat(8)}`.trim()
    const text = [paragraph('one'), code, paragraph('two'), table, paragraph('three')].join('\n\n')
    const pieces = split(text, 150)
    for (const block of [code, table]) {
      expect(block.length).toBeLessThanOrEqual(150)
      expect(pieces.filter((piece) => piece.includes(block))).toHaveLength(1)
    }
  })

  it('keeps code whole behind a short text, and cuts it from its heading before it cuts it', () => {
    const code = `\`\`\`\n${'line\n'.repeat(18)}\`\`\``
    expect(split(`Short.\n\n${code}\n\nEnd.`, 100)).toEqual(['Short.', code, 'End.'])
    expect(split(`## Heading\n\n${code}\n\nEnd.`, 100)).toEqual(['## Heading', code, 'End.'])
  })

  it('cuts code and tables that are longer than a piece between lines', () => {
    const rows = Array.from({ length: 30 }, (_, index) => `| row ${index} | value |`)
    const pieces = split(rows.join('\n'), 100)
    expect(pieces.length).toBeGreaterThan(5)
    expect(pieces.flatMap((piece) => piece.split('\n'))).toEqual(rows)
  })

  it('keeps a sentence whole behind a short text', () => {
    const sentence = `${'word '.repeat(18)}end.`
    expect(split(`Short.\n\n${sentence}\n\nThe end of the text.`, 100)).toEqual([
      'Short.',
      sentence,
      'The end of the text.',
    ])
  })

  it('takes the blocks that it is given', () => {
    const text = '# no heading\n\nText.'
    const blocks = [{ kind: 'prose', start: 0, end: text.length, textStart: 0, level: 0 }] as const
    expect(splitDocument({ text, blocks }, 100).map(({ section }) => section)).toEqual([[]])
    expect(splitDocument({ text }, 100).map(({ section }) => section)).toEqual([['no heading']])
  })

  it('lets no piece cross the border of a page, also without a limit', () => {
    const text = `One. Two.\n\n${paragraph('three')}\n\nFour.`
    const pages = [
      { start: 0, end: 5 },
      { start: 5, end: 40 },
      { start: 40, end: text.length },
    ]
    for (const chunkChars of [100, Infinity]) {
      const pieces = splitDocument({ text, pages }, chunkChars).map(({ start, end }) => text.slice(start, end))
      expect(pieces).toEqual(pages.map(({ start, end }) => text.slice(start, end).trim()))
    }
  })

  it('never cuts a fitting sentence or block, and never crosses a page, for any text', () => {
    const cases = fc.tuple(markdownText, fc.integer({ min: 100, max: 300 }), fc.array(fc.nat({ max: 600 })))
    fc.assert(
      fc.property(cases, ([text, chunkChars, positions]) => {
        const borders = [...new Set([0, ...positions.filter((at) => at < text.length), text.length])]
        const sorted = borders.toSorted((a, b) => a - b)
        const pages = sorted.slice(1).map((end, index) => ({ start: sorted[index] ?? 0, end }))
        const units = findBlocks(text).flatMap((block) => unitsOf(text, block))
        const isPageBorder = new Set(sorted)
        const pieces = splitDocument({ text, pages }, chunkChars)
        for (const { start, end } of pieces) {
          expect(pages.some((page) => page.start <= start && end <= page.end)).toBe(true)
          // White space around a unit counts, too: a cut stands before the next text.
          const fits = (unit: { start: number; end: number }): boolean =>
            text.length - text.slice(unit.end).trimStart().length - unit.start + 2 <= chunkChars
          const cut = units.find((unit) => unit.start < end && end < unit.end && fits(unit))
          const isCutByPage = cut && sorted.some((at) => cut.start < at && at < cut.end)
          expect(cut === undefined || isCutByPage || isPageBorder.has(end)).toBe(true)
        }
        expect(
          pieces
            .map(({ start, end }) => text.slice(start, end))
            .join('')
            .replace(/\s/gu, ''),
        ).toBe(text.replace(/\s/gu, ''))
      }),
    )
  })

  it('omits only white space and respects the limit, for any text', () => {
    fc.assert(
      fc.property(markdownText, fc.integer({ min: 100, max: 300 }), (text, chunkChars) => {
        let at = 0
        for (const { start, end } of splitDocument({ text }, chunkChars)) {
          expect(text.slice(at, start).trim()).toBe('')
          expect(text.slice(start, end)).toBe(text.slice(start, end).trim())
          expect(end - start).toBeLessThanOrEqual(chunkChars)
          expect(end).toBeGreaterThan(start)
          at = end
        }
        expect(text.slice(at).trim()).toBe('')
      }),
    )
  })
})

/** Returns the sentences of a paragraph, or the block itself, without white space around them. */
function unitsOf(text: string, block: Block): readonly { readonly start: number; readonly end: number }[] {
  if (block.kind !== 'prose') return [block]
  let at = block.start
  return splitSentences(text.slice(block.start, block.end)).map((sentence) => {
    const start = at + sentence.length - sentence.trimStart().length
    at += sentence.length
    return { start, end: start + sentence.trim().length }
  })
}
