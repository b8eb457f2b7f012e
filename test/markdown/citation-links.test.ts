import { describe, expect, it } from 'vitest'
import { citationLinks } from '../../src/markdown.ts'
import { cite } from './cite.ts'

describe('citationLinks', () => {
  it.each([
    ['a marker', 'Cats. [1]', String.raw`Cats. [\[1\]](#source-1)`],
    ['markers that follow one another', 'a[1][2]', String.raw`a[\[1\]](#source-1)[\[2\]](#source-2)`],
    ['full-width brackets', '猫【2】。', String.raw`猫[\[2\]](#source-2)。`],
    [
      'an exclamation mark before it, which would make an image of it',
      'Cats![1]',
      String.raw`Cats\![\[1\]](#source-1)`,
    ],
    ['an escaped exclamation mark', String.raw`Cats\![1]`, String.raw`Cats\![\[1\]](#source-1)`],
    ['an exclamation mark after an escaped backslash', String.raw`\\![1]`, String.raw`\\\![\[1\]](#source-1)`],
    ['a backslash, which would escape its bracket', 'C:\\[1]', String.raw`C:\\[\[1\]](#source-1)`],
    ['an escaped backslash', String.raw`C:\\[1]`, String.raw`C:\\[\[1\]](#source-1)`],
    ['a URL, which would go on', 'https://a.example/b.[1]', String.raw`https://a.example/b. [\[1\]](#source-1)`],
    ['a URL and an exclamation mark', 'www.a.example![1]', String.raw`www.a.example! [\[1\]](#source-1)`],
    ['only itself', '[1]', String.raw`[\[1\]](#source-1)`],
  ])('makes a link of %s', (_name, text, markdown) => {
    expect(citationLinks(cite(text))).toBe(markdown)
  })

  it('writes brackets as references if there are definitions, because marked takes escaped brackets for one', () => {
    const { answer, ...rest } = cite('Cats. [1]')
    const definition = '\n\n[1]: https://evil.example'
    expect(citationLinks({ ...rest, answer: answer + definition })).toBe(`Cats. [&#91;1&#93;](#source-1)${definition}`)
  })

  it('has a link for each number of a marker', () => {
    const [citation] = cite('[1]').citations
    const citations = citation
      ? [citation, { ...citation, number: 3, end: 6 }].map((each) => ({ ...each, end: 6 }))
      : []
    expect(citationLinks({ answer: '[1, 3].', sources: [], citations })).toBe(
      String.raw`[\[1\]](#source-1)[\[3\]](#source-3).`,
    )
  })

  it('has the links also where markers were stripped', () => {
    expect(citationLinks(cite('Cats [1].', { strip: true }))).toBe(String.raw`Cats [\[1\]](#source-1).`)
  })

  it('leaves text without citations as it is', () => {
    expect(citationLinks({ answer: 'Cats!', sources: [], citations: [] })).toBe('Cats!')
  })

  it.each([
    ['https://a.example/?q=1&r=%20#s', 'https://a.example/?q=1&r=%20#s'],
    ['/documents/7', '/documents/7'],
    ['/a b(c)\\<d>', '/a%20b%28c%29%5C%3Cd%3E'],
    ['/a|b', '/a%7Cb'],
    ['/?a=1&copy;', '/?a=1&copy%3B'],
    ['/猫\ud800', '/%E7%8C%AB%EF%BF%BD'],
  ])('takes the URL %j from `href`', (url, written) => {
    expect(citationLinks(cite('[1]'), { href: () => url })).toBe(String.raw`[\[1\]](${written})`)
  })

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'https://',
    undefined,
  ])('has text and no link for the URL %j', (url) => {
    expect(citationLinks(cite('Cats. [1]'), { href: () => url })).toBe(String.raw`Cats. \[1\]`)
  })

  it('gives `href` the citation and its source', () => {
    const result = { ...cite('[2]'), sources: [source('2', 'https://a.example/2')] }
    expect(citationLinks(result, { href: (cited) => cited.source?.url })).toBe(String.raw`[\[2\]](https://a.example/2)`)
  })

  it('makes no HTML of a number that is none, as an unchecked server may send it', () => {
    const result = cite('[1]')
    const citations = result.citations.map((citation) => ({ ...citation, number: '<img src=x>' as unknown as number }))
    expect(citationLinks({ ...result, citations })).toBe(String.raw`[\[NaN\]](#source-NaN)`)
  })
})

function source(sourceId: string, url: string) {
  return { number: 2, sourceId, documentId: 'd', chunkId: 'c', title: 't', text: 'x', url, metadata: {} }
}
