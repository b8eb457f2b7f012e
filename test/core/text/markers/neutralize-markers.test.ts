import { describe, expect, it } from 'vitest'
import { neutralizeMarkers } from '../../../../src/core/text/markers/neutralize-markers.ts'

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
    ['**Source 2:** x', '**Source (2):** x'],
    ['> # Source\u00a0#2: x', '> # Source (2): x'],
    ['資料2：x', '資料 (2):x'],
    ['[1\ufe0f] and [1\ufe0f\u20e3]', '(1\ufe0f) and (1\ufe0f\u20e3)'],
    ['来源3：x [1]', '来源 (3):x (1)'],
    ['[2024] [a] array[0]', '[2024] [a] array[0]'],
    ['[^1] [[2]] [Source 3] 【4†source】', '(^1) (2) (Source 3) (4†source)'],
    ['the source 2: x', 'the source 2: x'],
  ])('turns %j into %j', (text, neutral) => expect(neutralizeMarkers(text)).toBe(neutral))

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
