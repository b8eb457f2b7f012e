import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeDigits } from '../../../../src/core/citation/figures/normalize-digits.ts'
import { readFigures } from '../../../../src/core/citation/figures/read-figures.ts'

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 60 })

describe('normalizeDigits', () => {
  it('gives ASCII the same form alone and beside another character', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        expect(`${normalizeDigits(text)} é`).toBe(normalizeDigits(`${text} é`))
      }),
    )
  })
})

describe('readFigures', () => {
  it('leaves a text without digits as it is, as it does with the text before a figure', () => {
    const word = fc.stringMatching(/^[^\d〇零一二两兩三四五六七八九十百千万萬亿億兆]{0,60}$/u)
    fc.assert(
      fc.property(word, (text) => {
        expect(readFigures(text)).toEqual({ text, figures: [] })
        expect(readFigures(`${text}; 7`)).toMatchObject({ text: `${text};  0 `, figures: [{ written: '7' }] })
      }),
    )
  })
})
