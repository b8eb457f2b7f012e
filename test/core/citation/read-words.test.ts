import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unitAt } from '../../../src/core/citation/figures/compare-units.ts'
import { readWords } from '../../../src/core/citation/read-words.ts'
import { anyText } from './any-text.ts'

describe('readWords', () => {
  it.each([
    ['85', ['#85']],
    ['1,234.5', ['#1234.5']],
    ['1 234 567', ['#1234567']],
    ['８５％', ['#85']],
    ['21st', ['#21']],
    ['1990s', ['#1990']],
    ['twenty-one', ['#21']],
    ['two hundred thousand', ['#200000']],
    ['two million three hundred thousand', ['#2300000']],
    ['3.5 million', ['#3500000']],
    ['1.1 million', ['#1100000']],
    ['10–15', ['#10', '#15']],
    ['2010 300', ['#2010', '#300']],
    ['1.2.3', ['1.2.3']],
    ['6½', ['#6.5']],
    ['三百二十五人', ['#325']],
    ['一万二千家', ['#12000']],
    ['三千万元', ['#30000000']],
    ['第二十五次', ['#25']],
    ['十分', ['十分']],
    ['四川', ['四川']],
  ])('reads %j as %j', (text, keys) => {
    expect(keysOf(text)).toEqual(keys)
  })

  it.each([
    ['5km', 'km'],
    ['5-mile', 'mile'],
    ['$5', '$'],
    ['5 dollars', '$'],
    ['5%', 'percent'],
    ['百分之五', 'percent'],
    ['五公里', 'km'],
    ['2020年', 'year'],
    ['5 apples', undefined],
  ])('reads the number in %j with the unit %j', (text, unit) => {
    const words = readWords(text)
    const at = words.findIndex(({ value }) => value !== undefined)
    expect(unitAt({ words, at })?.known?.name).toBe(unit)
  })

  it.each([
    ['cats', 'cat'],
    ['boxes', 'box'],
    ["the cat's", 'cat'],
    ['bus', 'bus'],
    ['class', 'class'],
  ])('compares %j as %j', (text, key) => {
    expect(keysOf(text)).toEqual([key])
  })

  it('pairs each word with the previous one', () => {
    const words = readWords('The old Barn, twenty-one cats')
    expect(words.map(({ previous }) => previous)).toEqual(['', 'the', 'old', 'barn', 'twenty'])
  })

  it('reads any text without an error', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const words = readWords(text)
        for (const [at, { text: word, previous, key }] of words.entries()) {
          expect(word).not.toBe('')
          expect(previous).toBe(words[at - 1]?.text ?? '')
          expect(key).not.toContain('NaN')
        }
      }),
    )
  })
})

function keysOf(text: string): readonly string[] {
  return readWords(text).flatMap(({ key }) => key || [])
}
