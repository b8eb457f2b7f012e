import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayEndInside, sentenceEnds } from '../../../src/core/text/sentence-ends.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })

function segmented(text: string): readonly number[] {
  return Array.from(segmenter.segment(text), ({ index, segment }) => index + segment.length)
}

function expectSame(text: string): void {
  expect(sentenceEnds(text)).toEqual(segmented(text))
}

const bmp = fc.constantFrom(...Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)))
const ascii = fc.constantFrom(...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)))
const letter = fc.constantFrom(...Array.from('abzABZéÉßжЖωΩªʰǅبي中文カひ한'))
const terminal = fc.constantFrom(...Array.from('...!?。！？؟…'))
const sign = fc.constantFrom(
  ...Array.from(`  ,;:'"()[]-–—«»“”‘’《》「」【】（），、：；・·%$1279\n\u2029\u00a0\u3000\t`),
)
const rare = fc.constantFrom(
  '\u0301',
  '\u200d',
  '\u00ad',
  '\ufe0f',
  '\r',
  '\u0085',
  '\u2028',
  'ー',
  '🙂',
  '\ud83d',
  'ก',
  '٣',
)
const usual = [
  { weight: 6, arbitrary: letter },
  { weight: 4, arbitrary: terminal },
  { weight: 6, arbitrary: sign },
] as const
const textOf = (unit: fc.Arbitrary<string>) =>
  fc.array(unit, { maxLength: 40, size: 'max' }).map((units) => units.join(''))

describe('mayEndInside', () => {
  it('is false only if the segmenter ends no sentence before the last character', () => {
    const anyText = textOf(fc.oneof(...usual, { weight: 1, arbitrary: ascii }, { weight: 1, arbitrary: bmp }))
    fc.assert(
      fc.property(anyText, (text) => {
        const last = text.trimEnd().length
        expect(mayEndInside(text) || segmented(text).every((end) => end >= last)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    '',
    'Cats',
    'Cats sleep.',
    'Cats sleep all day. \n',
    'Katzen schlafen; sie träumen (oft)?',
    '猫一天睡十六个小时。',
  ])('is false for the one sentence %j', (text) => {
    expect(mayEndInside(text)).toBe(false)
  })
})

describe('sentenceEnds', () => {
  it('finds the sentences of Intl.Segmenter in usual characters', () => {
    fc.assert(fc.property(textOf(fc.oneof(...usual, { weight: 2, arbitrary: ascii })), expectSame), { numRuns: 5000 })
  })

  it('finds the sentences of Intl.Segmenter around marks, emoji and letters of other scripts', () => {
    fc.assert(fc.property(textOf(fc.oneof(...usual, { weight: 1, arbitrary: rare })), expectSame), { numRuns: 2000 })
  })

  it('finds the sentences of Intl.Segmenter around any character', () => {
    fc.assert(fc.property(textOf(fc.oneof(...usual, { weight: 1, arbitrary: bmp })), expectSame), { numRuns: 2000 })
  })

  it('finds the sentences of Intl.Segmenter at each character of the basic plane', () => {
    const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
    const differing = characters.filter((character) => {
      const text = `a.${character} B. ${character}b.${character}B${character} C.${character}1`
      return sentenceEnds(text).join() !== segmented(text).join()
    })
    expect(differing).toEqual([])
  })

  it.each(['', '.', ' ', '\n', 'a', '...', 'A. b. C.', '3.5 is 3.5. U.S.A. is it. "Why?" she said. (No.) Yes'])(
    'finds the sentences of Intl.Segmenter in %j',
    expectSame,
  )
})
