import { describe, expect, it } from 'vitest'
import { findMarkers, neutralizeMarkers, withoutMarkers } from '../../src/core/marker-syntax.ts'

describe('neutralizeMarkers', () => {
  it.each([
    ['Cats [1] and [2, 3].', 'Cats (1) and (2, 3).'],
    ['【1】［２］', '(1)(２)'],
    ['[1-3]', '(1-3)'],
    ['Source 2: x', 'Source (2): x'],
    ['a\n  source 12： x', 'a\n  source (12): x'],
    ['来源3：x', '来源 (3):x'],
    ['[2024] [a] array[0] [^1]', '[2024] [a] array[0] [^1]'],
    ['the source 2: x', 'the source 2: x'],
  ])('makes %j of %j', (text, neutral) => expect(neutralizeMarkers(text)).toBe(neutral))
})

describe('withoutMarkers', () => {
  it.each([
    ['Cats sleep [1]. Dogs [2, 3] bark【4】。', 'Cats sleep. Dogs bark。'],
    ['In [2024] [a]', 'In [2024] [a]'],
  ])('makes %j of %j', (text, plain) => expect(withoutMarkers(text)).toBe(plain))
})

describe('findMarkers', () => {
  it('finds where they stand and what they name', () => {
    expect(findMarkers('of [2] and 【1-2】, not [2024]')).toEqual([
      { start: 3, end: 6, numbers: [2] },
      { start: 11, end: 16, numbers: [1, 2] },
    ])
  })
})

describe('texts of any size', () => {
  it.each(['\n', ' ', '[', '[1', '[1,', '[1 ', '[ ', 'source ', '\nsource 1', '[1]', '1, ', '[1 - '])(
    'are read in linear time, made of %j',
    (unit) => {
      const text = unit.repeat(300_000 / unit.length)
      expect(neutralizeMarkers(text).length).toBeGreaterThanOrEqual(text.length)
      expect(withoutMarkers(text).length).toBeLessThanOrEqual(text.length)
      expect(findMarkers(text).length).toBeLessThanOrEqual(text.length / 3)
    },
  )
  it('are read in linear time when a bracket is followed by blanks', () => {
    for (const text of [`[${' '.repeat(300_000)}`, `[1${' '.repeat(300_000)}`, `[1,${' '.repeat(300_000)}`]) {
      expect(neutralizeMarkers(text)).toBe(text)
    }
  })
})
