import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scoreClaim } from '../../../src/core/citation/score-claim.ts'
import { prepareText } from '../../../src/core/citation/prepare-text.ts'
import { createCitationCheck } from '../../../src/core/citation/create-citation-check.ts'
import type { CitationSupport } from '../../../src/core/vocabulary/citations.ts'
import { anyText } from './any-text.ts'

describe('checking texts of any size', () => {
  // A megabyte takes seconds. If the time grew faster than the length, it would take minutes.
  it.each([
    ['negations with nothing to negate', 'not the '],
    ['quotes', '"a b" '],
    ['sentences', 'See A. '],
  ])(
    'checks a megabyte of %s',
    (_, unit) => {
      const text = `Cats ${unit.repeat(1_000_000 / unit.length)}`
      expect(checked(text, text)?.support).toBe('supported')
    },
    60_000,
  )

  it.each([
    ['letters', 'a'],
    ['dots', '.'],
    ['grouped digits', '1,'],
    ['spaced digits', '123 '],
    ['scales', 'hundred '],
    ['numbers with units', 'has 85 km '],
    ['names', 'a B '],
    ['opening quotes', '“'],
    ['Chinese negations', '不是'],
    ['Chinese numerals', '三百'],
    ['combining marks', '\u0301'],
    ['unpaired surrogates', '\ud800'],
    ['emoji', '👩‍🚀'],
    ['a character that NFKC makes eighteen', '\ufdfa'],
  ])('checks a text with many %s', (_, unit) => {
    const text = unit.repeat(50_000 / unit.length)
    expect(() => checked(text, text)).not.toThrow()
  })

  it('checks a quote that almost matches at every place of the source', () => {
    const words = 'a '.repeat(50_000)
    expect(checked(`"${words}b" and "${words}c"`, words)?.support).toBe('weak')
  })
})

describe('reasons of a check', () => {
  it('are at most nine, short, and on one line, for any text', () => {
    fc.assert(
      fc.property(anyText, anyText, (claim, source) => {
        const reasons = checked(claim, source)?.reasons ?? []
        expect(reasons.length).toBeLessThanOrEqual(9)
        for (const reason of reasons) expect(reason).toMatch(/^[a-z-]+(?::[^\n\r\u2028\u2029]{1,59})?$/)
        for (const reason of reasons) expect(reason.isWellFormed()).toBe(true)
      }),
    )
  })

  it('cut a long value', () => {
    const quote = 'words '.repeat(100).trim()
    expect(checked(`They said "${quote}" there.`, 'They said little.')?.reasons[0]).toBe(`quote:${quote.slice(0, 54)}`)
  })

  it('name each value once', () => {
    expect(checked('Edison met Edison, and Edison met Edison.', 'Tesla met somebody.')?.reasons).toEqual([
      'name:Edison',
      'missing-words',
    ])
  })
})

describe('scoreClaim', () => {
  it('gives 1 to a text that is its own source, and undefined to a text without content words', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const prepared = prepareText(text)
        const hasContent = prepared.words.some(({ key }) => key !== '')
        expect(scoreClaim(prepared, prepared)).toBe(hasContent ? 1 : undefined)
      }),
    )
  })

  it('decreases with each missing word, and more when missing words are neighbours', () => {
    const source = prepareText('The quick brown fox jumps over the lazy dog and sleeps beside the old red barn.')
    const score = (claim: string) => scoreClaim(prepareText(claim), source) ?? Number.NaN
    const whole = score('The quick brown fox jumps over the lazy dog.')
    const apart = score('The tame brown cat jumps over the sick dog.')
    const together = score('The quick brown fox annoys some sick cats.')
    expect(whole).toBeGreaterThan(apart)
    expect(score('Bees make honey.')).toBeLessThan(Math.min(apart, together))
  })

  it('counts a word with the same beginning less than the same word', () => {
    const source = prepareText('the government decided')
    const exact = scoreClaim(prepareText('government'), source)
    expect(exact).toBe(1)
    expect(scoreClaim(prepareText('governors'), source)).toBeCloseTo(0.7)
    expect(scoreClaim(prepareText('ministry'), source)).toBeCloseTo(-0.06)
  })
})

function checked(claim: string, text: string): CitationSupport | undefined {
  const source = { number: 1, sourceId: 's1', documentId: 'd1', chunkId: 'c1', title: '', text, metadata: {} }
  const outcome = createCitationCheck()({ claim, source }, { signal: new AbortController().signal })
  if (outcome instanceof Promise) throw new TypeError('Expected the built-in check to answer at once')
  return outcome
}
