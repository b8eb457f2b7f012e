import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitDocument } from '../../src/knowledge/split-document.ts'
import { markdownText } from './markdown-text.ts'

function split(text: string, chunkChars: number): readonly string[] {
  return splitDocument(text, chunkChars).map(({ start, end }) => text.slice(start, end))
}

const paragraph = (word: string): string => `${`${word} `.repeat(15)}end.`

describe('splitDocument', () => {
  it('keeps a short text whole, without surrounding white space', () => {
    expect(split('\n# A\n\nText.\n\n# B\n\nText.\n', 100)).toEqual(['# A\n\nText.\n\n# B\n\nText.'])
  })

  it('finds nothing in a text of only white space', () => {
    expect(splitDocument(' \n ', 100)).toEqual([])
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
    expect(splitDocument(text, 110).map(({ headings }) => headings)).toEqual([[], ['Top'], ['Top', 'Sub'], []])
  })

  it('returns the headings that the whole piece stands under, also those that it begins with', () => {
    const text = [
      `# Top\n\n## Sub\n\n${'a. '.repeat(30)}`,
      'b. '.repeat(30),
      `### Deep\n\n${'c. '.repeat(10)}\n\n### Other\n\n${'d. '.repeat(10)}`,
      `## Sub\n\n${'e. '.repeat(10)}\n\n### Inner\n\n${'f. '.repeat(10)}`,
      `Next\n====\n\n${'g. '.repeat(30)}`,
    ].join('\n\n')
    expect(splitDocument(text, 115).map(({ section }) => section)).toEqual([
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Top', 'Sub'],
      ['Next'],
    ])
    expect(splitDocument(text, 10_000).map(({ section }) => section)).toEqual([[]])
  })

  it('does not take two headings with the same text for one section', () => {
    const text = '# Top\n\n## Example\n\nOne.\n\n## Example\n\nTwo.'
    expect(splitDocument(text, 1_000).map(({ section }) => section)).toEqual([['Top']])
  })

  it('takes nothing in code for a heading', () => {
    const text = '# Top\n\n```sh\n# comment\n```\n\nText.\n\n    # indented\n\nMore.'
    expect(splitDocument(text, 1_000).map(({ section }) => section)).toEqual([['Top']])
  })

  it('omits only white space and respects the limit, for any text', () => {
    fc.assert(
      fc.property(markdownText, fc.integer({ min: 100, max: 300 }), (text, chunkChars) => {
        let at = 0
        for (const { start, end } of splitDocument(text, chunkChars)) {
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
