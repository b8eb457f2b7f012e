import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absentKey } from '../../src/markdown/absent-key.ts'

const UNITS = Array.from({ length: 31 }, (_, index) => String.fromCharCode(0xfdd1 + index))

describe('absentKey', () => {
  it('is not in the text, and not in it after its references are decoded', () => {
    const [first = ''] = UNITS
    const part = fc.oneof(
      fc.constantFrom('a', first, first, '&#xFDD1;', '&#xfdd1;', '&#64977;', '&#064977;', '&#XFDD1', '&#', ';'),
      fc.constantFrom(...UNITS),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join('')
        const key = absentKey(text)
        expect(key).toMatch(/^[\ufdd1-\ufdef]+$/u)
        expect(text).not.toContain(key)
        expect(text.replaceAll(/&#(?:x0*fdd1|0*64977);/giu, first)).not.toContain(key)
      }),
      { numRuns: 1000 },
    )
  })

  it('exists for a text with every possible key of its length', () => {
    const pairs = UNITS.flatMap((a) => UNITS.map((b) => a + b)).join('')
    const key = absentKey(pairs)
    expect(key).toHaveLength(3)
    expect(pairs).not.toContain(key)
    expect(absentKey(pairs.slice(0, 900))).toHaveLength(2)
    expect(pairs.slice(0, 900)).not.toContain(absentKey(pairs.slice(0, 900)))
  })
})
