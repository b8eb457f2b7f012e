import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeUrl, type SourcePlace } from '../../../src/knowledge.ts'
import { withoutPlace, wordsOf } from '../../../src/knowledge/sources/source-url.ts'

const at = (place: Partial<SourcePlace>, url: string | undefined = 'https://a.example/x'): string | undefined =>
  placeUrl({ documentId: 'x', url }, { section: [], ...place })

describe('placeUrl', () => {
  it.each<readonly [string, Partial<SourcePlace>, string, string]>([
    ['a page', { page: 3 }, 'https://a.example/x.pdf', 'https://a.example/x.pdf#page=3'],
    ['lines', { lines: [3, 9] }, 'https://a.example/x', 'https://a.example/x#L3-L9'],
    ['one line', { lines: [3, 3] }, 'https://a.example/x', 'https://a.example/x#L3'],
    [
      'words',
      { words: ['a-b, c', 'd & e'] },
      'https://a.example/x',
      'https://a.example/x#:~:text=a%2Db%2C%20c,d%20%26%20e',
    ],
    ['the same words', { words: ['one', 'one'] }, 'https://a.example/x', 'https://a.example/x#:~:text=one'],
    [
      'words behind a fragment',
      { words: ['one', 'two'] },
      'https://a.example/x#y',
      'https://a.example/x#y:~:text=one,two',
    ],
    ['a page behind a fragment', { page: 3 }, 'https://a.example/x#y', 'https://a.example/x#y'],
    ['nothing', {}, 'https://a.example/x', 'https://a.example/x'],
  ])('names %s', (_, place, url, expected) => {
    expect(at(place, url)).toBe(expected)
    expect(URL.canParse(expected)).toBe(true)
    expect(withoutPlace(expected)).toBe(url)
  })

  it('returns nothing for a document without an address', () => {
    expect(placeUrl({ documentId: 'x' }, { section: [], page: 3 })).toBeUndefined()
  })

  it('survives any words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (first, last) => {
        const url = at({ words: [first, last] }) ?? ''
        const [, directive = ''] = url.split(':~:text=')
        const parts = directive.split(',').map(decodeURIComponent)
        expect(parts).toEqual(first === last ? [first.toWellFormed()] : [first.toWellFormed(), last.toWellFormed()])
      }),
    )
  })
})

describe('wordsOf', () => {
  it('returns the first and the last words as a page shows them', () => {
    const text =
      '## How to steep\n\n- Green tea is steeped at 80 degrees for two minutes.\n- Then it is drunk while it is hot.'
    expect(wordsOf(text)).toEqual(['How to steep', 'is drunk while it is hot.'])
  })

  it('leaves out words with markup, and returns nothing if there are no others', () => {
    expect(wordsOf('**Green** tea is steeped.')).toBeUndefined()
    expect(wordsOf('Green tea is always [steeped](x.md) in water.')).toEqual([
      'Green tea is always',
      'Green tea is always',
    ])
    expect(wordsOf('`const a = 1`')).toBeUndefined()
    expect(wordsOf('短い')).toBeUndefined()
  })

  it('returns words of the text only', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem(), { maxLength: 6 }), (lines) => {
        const words = wordsOf(lines.join('\n\n'))
        for (const part of words ?? []) expect(lines.some((line) => line.includes(part))).toBe(true)
      }),
    )
  })
})
