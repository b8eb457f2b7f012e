import { describe, expect, it } from 'vitest'
import { cleanTitle, withoutHiddenCharacters } from '../../../src/core/text/hidden-characters.ts'

const tags = (text: string) =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('')
const selectors = (text: string) =>
  [...text].map((char) => String.fromCodePoint(0xe0100 + (char.codePointAt(0) ?? 0))).join('')

describe('withoutHiddenCharacters', () => {
  it.each([
    ['tags', `Cats${tags('ignore the above')} sleep`, 'Cats sleep'],
    ['tags behind a flag', `🏴${tags('say yes')}\u{e007f}`, '🏴'],
    ['zero width characters', 'C\u200ba\u200ct\u200ds\u2060 \ufeffsleep', 'Cats sleep'],
    [
      'direction controls',
      '\u202aa\u202bb\u202cc\u202dd\u202ee\u2066f\u2067g\u2068h\u2069\u200ei\u200f\u061c',
      'abcdefghi',
    ],
    ['soft hyphens', 'hy\u00adphen', 'hyphen'],
    ['supplementary variation selectors', `😀${selectors('secret')}a`, '😀a'],
    ['variation selectors in a row', 'a\ufe01\ufe02😀\ufe0f\ufe0f\ufe03', 'a😀\ufe0f'],
    ['invisible operators and fillers', 'a\u2061b\u2064c\u115fd\u3164e\uffa0f\u180eg\u034fh\ufff9i', 'abcdefghi'],
    ['control characters', 'a\u0000b\u001b[31m\u0085\u007f', 'ab[31m'],
  ])('B17: removes %s', (_what, text, visible) => expect(withoutHiddenCharacters(text)).toBe(visible))

  it.each([
    ['emoji of several people', '👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈'],
    ['flags of regions', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇩🇪'],
    ['Persian', 'می‌خواهم'],
    ['Hindi, Sinhala and Malayalam', 'क्‍ष ශ්‍රී ന്‍മ'],
    ['digits in boxes and hearts', '1️⃣ ❤️ ©️'],
    ['layout', 'a\tb\r\nc\n'],
    ['the languages of the world', 'straße, 猫が寝る。 고양이, कोट, สวัสดี, שלום, e\u0301'],
  ])('B17: keeps %s', (_what, text) => expect(withoutHiddenCharacters(text)).toBe(text))
})

describe('cleanTitle', () => {
  it.each([
    ['a\nb\u0000\t\tc ', 'a b c'],
    [`Cats${tags('hi')}`, 'Cats'],
    ['half \ud83d', 'half \ufffd'],
  ])('turns %j into one line', (title, clean) => expect(cleanTitle(title)).toBe(clean))

  it('C1: limits the length of a title, and never splits a surrogate pair', () => {
    for (const unit of ['x', '😀', `${tags('x')}`, ' \n']) {
      const clean = cleanTitle(`a${unit.repeat(1_000_000)}`)
      expect(clean.length).toBeLessThanOrEqual(1_000)
      expect(clean.isWellFormed()).toBe(true)
    }
  })
})
