import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findBlocks, headingText } from '../../../src/knowledge/text/find-blocks.ts'
import { markdownText } from '../markdown-text.ts'

function read(text: string): readonly (readonly [string, string])[] {
  return findBlocks(text).map(({ kind, start, end }) => [kind, text.slice(start, end)])
}

describe('findBlocks', () => {
  it('separates headings, paragraphs and code', () => {
    expect(read('# Title\nOne\nline.\n\nTwo.\n\n```ts\nconst a = 1\n\n# no heading\n```\nAfter.')).toEqual([
      ['heading', '# Title'],
      ['prose', 'One\nline.'],
      ['prose', 'Two.'],
      ['verbatim', '```ts\nconst a = 1\n\n# no heading\n```'],
      ['prose', 'After.'],
    ])
  })

  it('returns each list item as a block, with its continuation lines', () => {
    expect(read('- one\n  more\n- two\n1. three')).toEqual([
      ['prose', '- one\n  more'],
      ['prose', '- two'],
      ['prose', '1. three'],
    ])
  })

  it('starts the content after the marks of lists, quotations and headings', () => {
    const words = (text: string) => findBlocks(text).map(({ textStart, end }) => text.slice(textStart, end))
    expect(words('* item\n\n12. item\n\n> quoted\n\n## Heading')).toEqual(['item', 'item', 'quoted', 'Heading'])
  })

  it('keeps the lines of a quotation together', () => {
    expect(read('> one\n> two\n>\n> three')).toEqual([
      ['prose', '> one\n> two'],
      ['prose', '> three'],
    ])
  })

  it('does not treat tables, rules, comments, HTML and front matter as prose', () => {
    const verbatim = [
      '---\ntitle: Guide\n\ntags: [a]\n---',
      '| a | b |',
      '---',
      '<!-- note -->',
      '<!-- a\n\nb -->',
      '<div>\ntext\n</div>',
    ]
    expect(read(verbatim.join('\n\n'))).toEqual(verbatim.map((text) => ['verbatim', text]))
  })

  it('finds underlined headings of one line, which are no list items, quotations or rules', () => {
    const kinds = (text: string) => findBlocks(text).map(({ kind, level }) => (level > 0 ? level : kind))
    expect(kinds('Title\n===\nText.\n\nSub\r\n---\r\nText.\n')).toEqual([1, 'prose', 2, 'prose'])
    expect(kinds('a\n=')).toEqual([1])
    const others = [
      'Two\nlines\n---',
      '- item\n---',
      '> quoted\n> ---',
      'Text.\n\n---',
      '| a |\n---',
      'a\n-',
      '```\na\n---\n```',
    ]
    for (const text of others) expect(kinds(text)).not.toContain(2)
  })

  it('extends an unclosed code block to the end', () => {
    expect(read('```\na\n\nb')).toEqual([['verbatim', '```\na\n\nb']])
  })

  it('leaves only white space between blocks, in order, for any text', () => {
    fc.assert(
      fc.property(markdownText, (text) => {
        const isBlank = (rest: string) => /^[\s>]*$/u.test(rest)
        let at = 0
        for (const { start, textStart, end } of findBlocks(text)) {
          expect(isBlank(text.slice(at, start))).toBe(true)
          expect(start <= textStart && textStart <= end && start < end).toBe(true)
          at = end
        }
        expect(isBlank(text.slice(at))).toBe(true)
      }),
    )
  })

  it('takes linear time, also for hostile text', () => {
    for (const piece of ['\n', '> ', '`', '- ', '# ', '<a ', '---\n']) {
      expect(findBlocks(piece.repeat(100_000)).length).toBeLessThanOrEqual(100_000)
    }
  })
})

describe('headingText', () => {
  it('removes the marks around a heading, but not those that belong to a word', () => {
    const textOf = (text: string) => findBlocks(text).map((block) => headingText(text, block))
    expect(textOf('## Options ##\n# C#')).toEqual(['Options', 'C#'])
    expect(textOf('Options\r\n-------')).toEqual(['Options'])
  })
})
