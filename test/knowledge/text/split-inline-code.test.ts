import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitInlineCode } from '../../../src/knowledge/text/split-inline-code.ts'
import { countSteps } from '../../support/count-steps.ts'

// The definition as a regular expression, which is far slower when many backtick runs are unclosed.
const INLINE_CODE = /(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/gu

describe('splitInlineCode', () => {
  it('finds the same code as the regular expression, and loses no character', () => {
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

  it('C12: takes about twice the steps for twice as many unclosed backtick runs', () => {
    const stepsFor = (runs: number): number => {
      const text = Array.from({ length: runs }, (_, index) => `${'`'.repeat(index + 1)} a `).join('')
      return countSteps(() => void splitInlineCode(text))
    }
    expect(stepsFor(400)).toBeLessThan(2.2 * stepsFor(200) + 100)
  })
})
