import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHanRuns } from '../../../src/core/text/han-runs.ts'
import { scanWords } from '../../../src/core/text/scan-words.ts'

const BREAK = Symbol('break')

/** Returns the words, and {@link BREAK} where something other than white space and dashes separates two of them. */
function scan(text: string, runs = createHanRuns()): readonly unknown[] {
  const found: unknown[] = []
  scanWords(
    text,
    {
      word: (word) => found.push(word),
      gap: (joins) => {
        if (!joins && found.at(-1) !== BREAK) found.push(BREAK)
      },
    },
    runs,
  )
  return found
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

function segment(text: string): readonly unknown[] {
  const found: unknown[] = []
  for (const { segment: piece, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) found.push(piece)
    else if (!/^[\s\p{Pd}]*$/u.test(piece) && found.at(-1) !== BREAK) found.push(BREAK)
  }
  return found
}

// Signs that join letters, digits or both; marks that belong to the character before; letters of several scripts.
const ascii = fc.constantFrom(...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)))
const sign = fc.constantFrom(...Array.from(`.,;:'"_-‘’“–—…·•،؛ \n\t\r`))
const known = fc.constantFrom(...Array.from('abzé1ßжωı79بيی'))
const MARKS = ['\u0301', '\u200d', '\u00ad', '\ufe0f', '\u20e3', '\u0085', '\u180e', '\u2027', '\u2028', '\ufeff', '﹕']
const EMOJI = ['🙂', '🇩', '🇪', '👩‍🚀', '🅰', '\ud83d', '\udc00']
const LETTERS = ['中', '文', '天文台', 'カ', 'ひ', 'ー', '〱', 'א', '\u064e', 'ـ', 'ก', 'า', '한', 'ा', 'क', '٣']
const unknown = fc.constantFrom(...MARKS, ...EMOJI, ...LETTERS)
const mixed = fc.oneof(
  { weight: 4, arbitrary: known },
  { weight: 4, arbitrary: sign },
  { weight: 1, arbitrary: unknown },
  { weight: 1, arbitrary: ascii },
)
const mostlyKnown = fc.oneof(
  { weight: 100, arbitrary: known },
  { weight: 40, arbitrary: sign },
  { weight: 1, arbitrary: unknown },
)
const textOf = (unit: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(unit, { maxLength, size: 'max' }).map((units) => units.join(''))

function expectSame(text: string): void {
  expect(scan(text)).toEqual(segment(text))
}

describe('scanWords', () => {
  it('finds the words of Intl.Segmenter in Han characters that it has split before, beside any characters', () => {
    const han = fc.constantFrom(
      ...Array.from('中文天台北京大学生活动物理想的了一二和平安全国人民'),
      '天文台',
      '人民大会堂',
    )
    const text = textOf(fc.oneof({ weight: 8, arbitrary: han }, { weight: 1, arbitrary: mixed }), 60)
    const between = fc.constantFrom('', '、', '。', '《', ' ', 'a', '1', '_', '·', '\u0301', 'の', 'ー', '々', '🙂')
    fc.assert(
      fc.property(text, text, between, (first, second, between) => {
        const runs = createHanRuns()
        for (const known of [first, second, `${first}${between}${second}`, `${between}${second}${between}${first}`]) {
          expect(scan(known, runs)).toEqual(segment(known))
          expect(scan(known, runs)).toEqual(segment(known))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('finds the words of Intl.Segmenter in ASCII', () => {
    fc.assert(fc.property(textOf(fc.oneof(ascii, sign, known), 40), expectSame), {
      numRuns: 2000,
    })
  })

  it('finds the words of Intl.Segmenter where other scripts, marks and emoji are in between', () => {
    fc.assert(fc.property(textOf(mixed, 12), expectSame), { numRuns: 5000 })
  })

  it('finds the words of Intl.Segmenter in long texts with few characters that it does not know', () => {
    fc.assert(fc.property(textOf(mostlyKnown, 1000), expectSame), { numRuns: 100 })
  })

  it('finds the words of Intl.Segmenter in any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map((any) => any.normalize('NFKC'))
    fc.assert(fc.property(text, expectSame), { numRuns: 200 })
  })

  it('finds the words of Intl.Segmenter after a run of spaces', () => {
    for (const text of ['ж  \u200d🅰', `a${' '.repeat(300)}\u200d🅰 b`, '\n \u200d🅰', '  \u0301a']) expectSame(text)
  })

  it('knows how each character joins letters, digits and signs', () => {
    const different: string[] = []
    for (let code = 0; code < 0x2100; code++) {
      const one = String.fromCharCode(code)
      for (const text of [
        one,
        one + one,
        `a${one}b`,
        `1${one}2`,
        `a${one}2`,
        `_${one}_`,
        `a.${one}`,
        `${one}'${one}`,
        `${one}\u0301b`,
      ]) {
        if (JSON.stringify(scan(text)) !== JSON.stringify(segment(text)))
          different.push(`${code.toString(16)}: ${text}`)
      }
    }
    expect(different).toEqual([])
  })
})
