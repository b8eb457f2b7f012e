import { describe, expect, it } from 'vitest'
import { findMarkers, findMarkersOfQuestion, withoutRanges } from '../../../../src/core/text/markers/find-markers.ts'
import { neutralizeMarkers } from '../../../../src/core/text/markers/neutralize-markers.ts'

describe('findMarkers', () => {
  it('returns the positions and the numbers of markers', () => {
    expect(findMarkers('of [2] and 【1-2】, not [2024]')).toEqual([
      { start: 3, end: 6, numbers: [2] },
      { start: 11, end: 16, numbers: [1, 2] },
    ])
  })
})

describe('findMarkersOfQuestion', () => {
  it.each([
    ['Tell me more about [2]', ['[2]']],
    ['[2]: what does it say?', ['[2]']],
    ['    [1]?', ['[1]']],
    ['Compare [1], [2] and ([3]).', ['[1]', '[2]', '[3]']],
    ['关于[2]的更多信息', ['[2]']],
    ['【2】是什么？', ['【2】']],
    ['what is process.argv[2]?', []],
    ['what does `[2]` mean, or x = [2]?', []],
    ['is [2].name or [2]px or [1]_a right?', []],
    ['is https://a.example/[2] right?', []],
    [String.raw`what is $\sqrt[3]{x}$?`, []],
  ])('B1: finds in %j the markers %j', (question, markers) => {
    expect(findMarkersOfQuestion(question).map(({ start, end }) => question.slice(start, end))).toEqual(markers)
  })
})

describe('withoutRanges', () => {
  it.each([
    [
      'Cats [1]. Dogs [2]',
      [
        [5, 8],
        [15, 18],
      ],
      'Cats. Dogs',
    ],
    [
      'Cats [1, 2].',
      [
        [5, 11],
        [5, 11],
      ],
      'Cats.',
    ],
    ['Cats .', [[5, 5]], 'Cats .'],
    ['Cats [1]', [], 'Cats [1]'],
    [
      'Cats',
      [
        [-3, 2],
        [9, 99],
        [2, Number.NaN],
      ],
      'Cats',
    ],
  ])('cuts from %j the ranges %j', (text, ranges, kept) => {
    expect(
      withoutRanges(
        text,
        ranges.map(([start = 0, end = 0]) => ({ start, end })),
      ),
    ).toBe(kept)
  })
})

describe('markers in texts of any size', () => {
  it.each([
    '\n',
    ' ',
    '[',
    '[1',
    '[1,',
    '[1 ',
    '[ ',
    'source ',
    '\nsource 1',
    '\nsource 1:',
    '[1]',
    '1, ',
    '[1 - ',
    '[1】',
  ])('are found in linear time in a text made of %j', (unit) => {
    const text = unit.repeat(300_000 / unit.length)
    expect(neutralizeMarkers(text).length).toBeGreaterThanOrEqual(text.length)
    expect(findMarkers(text).length).toBeLessThanOrEqual(text.length / 3)
    expect(withoutRanges(text, findMarkers(text)).length).toBeLessThanOrEqual(text.length)
  })
  it('are found in linear time when a bracket is followed by spaces', () => {
    for (const text of [`[${' '.repeat(300_000)}`, `[1${' '.repeat(300_000)}`, `[1,${' '.repeat(300_000)}`]) {
      expect(neutralizeMarkers(text)).toBe(text)
    }
  })
})
