import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neutralizeDocument, neutralizeMarkers } from '../../../../src/core/text/markers/neutralize-markers.ts'

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

describe('a text that has nothing to rewrite', () => {
  const words = [
    'Source',
    'source 2:',
    '资料3：',
    '12:30',
    '\n',
    ' ',
    '> ',
    '`',
    '```',
    '$',
    '\\',
    ']',
    '(1)',
    'a',
    '　',
  ]
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 })
    .map((parts) => parts.join(''))

  it('reads like the same text before a bracket, which takes the way of the scanner', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const scanned = neutralizeMarkers(`${text}\n\n[x]`)
        expect(neutralizeMarkers(text)).toBe(scanned.slice(0, scanned.length - 5))
      }),
    )
  })
})

describe('neutralizeDocument', () => {
  it.each([
    'ports: [80, 443]',
    'server:\n  ports: [80, 443] # both\n  host: a',
    'strategy:\r\n  matrix:\r\n    node-version: [18, 20]\r\n',
    'x:\n  - id: [7]',
    'Set the ports:\n\nports: [80, 443]\n\nThen restart.',
    '- [1, 2]\n- [3, 4]',
    'matrix: [[1, 2], [3, 4]]',
    'The matrix [[1, 2], [3, 4], [5, 6]] is real.',
    '[1, 2],\n[3, 4]',
    '[1]\nname = "a"',
    '[10]\nkey=value',
    'if [ 1 ]; then',
    '[ 1 ] && echo yes',
    String.raw`^[1-9]\d*$`,
    'The pattern is [1-9]+ for all.',
    '[1-9][0-9]',
    '[1-9]{3}',
    'grep [1-5] file',
    'for key in [1, 2]:',
    'if key not in [1, 2]:',
    'a = [1] + [2]',
    '[1, 2].map(f)',
    'x, y = [1, 2], [3, 4]',
    'a = ok ? [1] : [2];',
    'A = [1, 2; 3, 4]',
    'b = a[1:3] + a[2]',
    'name,"[1, 2]","[3]"\n"x","[1]"',
  ])('B1: leaves code without a fence as it is: %j', (text) => expect(neutralizeDocument(text)).toBe(text))

  it.each([
    ['Sources: [1, 2]', 'Sources: (1, 2)'],
    ['sources: [1, 2]', 'sources: (1, 2)'],
    ['see: [1]', 'see: (1)'],
    ['Cats sleep a lot, as is written\nhere: [1]', 'Cats sleep a lot, as is written\nhere: (1)'],
    ['ports: [80] and more', 'ports: (80) and more'],
    ['- Cats sleep [1]\n- [2]', '- Cats sleep (1)\n- (2)'],
    ['[1]\nSmith, J.', '(1)\nSmith, J.'],
    ['[1], [2]', '(1), (2)'],
    ['[[1]], [[2]]', '(1), (2)'],
    ['Is it so [1]? Yes [2-3].', 'Is it so (1)? Yes (2-3).'],
    ['*see [1-3]*', '*see (1-3)*'],
    ['In 2010,[1] he went; cats [2]; dogs.', 'In 2010,(1) he went; cats (2); dogs.'],
    ['He called it "big"; "small" is "x [1]".', 'He called it "big"; "small" is "x (1)".'],
    ['If a = b, cats [1] + dogs [2]', 'If a = b, cats (1) + dogs (2)'],
    ['Paris,2100000,[1]', 'Paris,2100000,(1)'],
    ['in case [1]: see', 'in case (1): see'],
    ['【1】 ［2］', '(1) (2)'],
  ])('B1: turns the reference in %j into %j', (text, neutral) => expect(neutralizeDocument(text)).toBe(neutral))

  it('B1: reads every cut of a document like the same text alone', () => {
    const before = 'Cats sleep [1].\n\n'
    const code = 'server:\n  ports: [80, 443]\n  ids: [[1, 2], [3, 4]]\n'
    for (let end = code.indexOf('\n'); end <= code.length; end++) {
      const cut = code.slice(0, end)
      // A cut behind a bracket ends its line; within `[[1, 2]` the list is not complete.
      if (/\[\[[^\n]*$/u.test(cut) && !cut.endsWith(']]')) continue
      expect(neutralizeDocument(`${before}${cut}`)).toBe(`Cats sleep (1).\n\n${cut}`)
    }
  })

  it('B1: keeps a reference behind a very long line', () => {
    const long = `${' '.repeat(300)}ports: `
    expect(neutralizeDocument(`Cats${long}[1]`)).toBe(`Cats${long}(1)`)
  })
})
