import { describe, expect, it } from 'vitest'
import { findMarkers, findMarkersOfQuestion, neutralizeMarkers, withoutRanges } from '../../src/core/markers.ts'

describe('neutralizeMarkers', () => {
  it.each([
    ['Cats [1] and [2, 3].', 'Cats (1) and (2, 3).'],
    ['【1】［２］', '(1)(２)'],
    ['[1-3]', '(1-3)'],
    ['[ 1 ]', '(1)'],
    ['[1】 and 【2]', '(1) and (2)'],
    ['[٣] and [३]', '(٣) and (३)'],
    ['[\u20021] and [\u00a01]', '(1) and (1)'],
    ['Source 2: x', 'Source (2): x'],
    ['a\n  source 12： x', 'a\n  source (12): x'],
    ['来源3：x [1]', '来源 (3):x (1)'],
    ['[2024] [a] array[0] [^1]', '[2024] [a] array[0] [^1]'],
    ['the source 2: x', 'the source 2: x'],
  ])('makes %j of %j', (text, neutral) => expect(neutralizeMarkers(text)).toBe(neutral))

  it.each([
    'Run process.argv[2] and rows[i][1].',
    'pair = [1, 2]',
    '{"ids": [1, 2]}',
    String.raw`$\sqrt[3]{x}$ and \sqrt[3]{8}`,
    String.raw`\[ x \in [1, 2] \]`,
    '```js\nconst a = b [1]\nsource 2: x\n```',
    'Text:\n\n    x [1]\n    source 2: x',
    'https://a.example/x?ids[1]=5 and `a [1] 【2】`',
    '[1](https://a.example)',
    'def f(x=[1]): return [1, 2]\nfor i in [1, 2]:\n  return [3]',
    'const o = { ids: [1, 2] }',
    'let v = vec![1, 2];\nassert_eq!(v, [1, 2]);',
    '$a->[1];',
    String.raw`where x \in [1, 2], and y ∈ [3, 4]`,
    'Text:\n\n    x:\n      - [1, 2]\n',
  ])('B1: leaves %j as it is', (text) => expect(neutralizeMarkers(text)).toBe(text))
})

describe('findMarkers', () => {
  it('finds where they stand and what they name', () => {
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
  ])('B1: reads in %j the markers %j', (question, markers) => {
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
  ])('takes from %j the ranges %j', (text, ranges, kept) => {
    expect(
      withoutRanges(
        text,
        ranges.map(([start = 0, end = 0]) => ({ start, end })),
      ),
    ).toBe(kept)
  })
})

describe('texts of any size', () => {
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
  ])('are read in linear time, made of %j', (unit) => {
    const text = unit.repeat(300_000 / unit.length)
    expect(neutralizeMarkers(text).length).toBeGreaterThanOrEqual(text.length)
    expect(findMarkers(text).length).toBeLessThanOrEqual(text.length / 3)
    expect(withoutRanges(text, findMarkers(text)).length).toBeLessThanOrEqual(text.length)
  })
  it('are read in linear time when a bracket is followed by blanks', () => {
    for (const text of [`[${' '.repeat(300_000)}`, `[1${' '.repeat(300_000)}`, `[1,${' '.repeat(300_000)}`]) {
      expect(neutralizeMarkers(text)).toBe(text)
    }
  })
})
