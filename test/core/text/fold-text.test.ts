import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldText } from '../../../src/index.ts'

describe('foldText', () => {
  it('gives the same form to a character in any case and any normal form', () => {
    const different: string[] = []
    for (let code = 0; code < 0x11_00_00; code += 1) {
      if (code >= 0xd8_00 && code < 0xe0_00) continue
      const text = `a${String.fromCodePoint(code)}b`
      const folded = foldText(text)
      const others = [text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), text.normalize('NFKD'), folded]
      if (others.some((other) => foldText(other) !== folded)) different.push(code.toString(16))
    }
    expect(different).toEqual([])
  })

  it('finds every word of a text', () => {
    const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(words, fc.constantFrom(' ', '  ', '\n', '\t', '\u00a0'), (parts, space) => {
        const text = foldText(parts.join(space))
        for (const part of parts) expect(text).toContain(foldText(part))
      }),
    )
  })

  it.each([
    ['stra\u00dfe', 'STRASSE'],
    ['\u0130stanbul', 'istanbul'],
    ['\u0131stanbul', 'istanbul'],
    ['\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u038c\u03a3'],
    ['\ufb01le', 'file'],
    ['\uff21\uff22', 'ab'],
    [' a \n b ', 'a b'],
  ])('makes %j and %j equal', (one, other) => {
    expect(foldText(one)).toBe(foldText(other))
  })

  it.each([
    ['e', '\u00e9'],
    ['a b', 'ab'],
    ['o', '0'],
  ])('keeps %j and %j different', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other))
  })
})
