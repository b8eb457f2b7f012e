import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLexicalIndex } from '../../../src/knowledge/search/lexical-index.ts'

const word = fc.constantFrom('red', 'green', 'tea', 'pot', 'cup', '绿茶', '茶壶', '图书馆')
const words = fc.array(word, { maxLength: 12 }).map((list) => list.join(' '))

describe('createLexicalIndex', () => {
  it('ranks the text that contains all words next to each other first', () => {
    const { search } = createLexicalIndex(['tea pot green', 'a pot', 'green tea pot', 'water'])
    expect(search('green tea pot').map(({ position }) => position)).toEqual([2, 0, 1])
  })

  it('gives scores from 0 to 1, best first, and each text once, for any words', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), words, (texts, query) => {
        const hits = createLexicalIndex(texts).search(query)
        const scores = hits.map(({ score }) => score)
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
        expect(new Set(hits.map(({ position }) => position)).size).toBe(hits.length)
      }),
    )
  })
})
