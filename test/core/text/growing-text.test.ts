import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  addPiece,
  createGrowingText,
  lengthOfText,
  partOfText,
  wholeText,
} from '../../../src/core/text/growing-text.ts'

it('has the same parts as one text, at any time and for any pieces', () => {
  const pieces = fc.array(fc.string({ maxLength: 5 }), { maxLength: 200 })
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), (pieces, first, second) => {
      const text = createGrowingText()
      let whole = ''
      for (const [count, piece] of pieces.entries()) {
        addPiece(text, piece)
        whole += piece
        expect(lengthOfText(text)).toBe(whole.length)
        const places = [first % (whole.length + 1), second % (whole.length + 1)].toSorted((a, b) => a - b)
        expect(partOfText(text, places[0] ?? 0, places[1] ?? 0)).toBe(whole.slice(places[0], places[1]))
        if (count % 50 === 7) expect(wholeText(text)).toBe(whole)
      }
      expect(wholeText(text)).toBe(whole)
    }),
    { numRuns: 100 },
  )
})

it('reads the end of a long text after each piece without a copy of all of it', () => {
  const text = createGrowingText()
  // With a copy for each, this would be 100 GB.
  for (let count = 0; count < 200_000; count++) {
    addPiece(text, 'piece')
    const end = lengthOfText(text)
    expect(partOfText(text, end - 5, end)).toBe('piece')
  }
})
