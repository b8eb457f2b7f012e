import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitInlineCode } from '../../src/knowledge/inline-code.ts'
import { countSteps } from '../support/count-steps.ts'

// The definition as a pattern, which takes far longer where many runs are left open.
const INLINE_CODE = /(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/gu

describe('splitInlineCode', () => {
  it('finds the code that the pattern finds, and loses no character', () => {
    const texts = fc.array(fc.constantFrom('`', '``', 'a', '[1]', '\n', '😀'), { maxLength: 20 })
    fc.assert(
      fc.property(
        texts.map((pieces) => pieces.join('')),
        (text) => {
          const parts = splitInlineCode(text)
          expect(parts.map((part) => part.text).join('')).toBe(text)
          expect(parts.filter(({ isCode }) => isCode).map((part) => part.text)).toEqual(text.match(INLINE_CODE) ?? [])
        },
      ),
    )
  })

  it('C12: takes twice the steps for twice as many runs that none closes', () => {
    const stepsFor = (runs: number): number => {
      const text = Array.from({ length: runs }, (_, index) => `${'`'.repeat(index + 1)} a `).join('')
      return countSteps(() => void splitInlineCode(text))
    }
    expect(stepsFor(400)).toBeLessThan(2.2 * stepsFor(200) + 100)
  })
})
