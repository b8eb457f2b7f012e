import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMarkerScanner } from '../../../../src/core/text/markers/marker-scanner.ts'
import { MAX_MARKER_CHARS } from '../../../../src/core/text/markers/marker-syntax.ts'
import { MAX_UNDECIDED_CHARS, type ScannedPiece } from '../../../../src/core/text/markers/undecided-markers.ts'
import { cutAnyhow, cutsInTwo } from '../../../support/cuts.ts'

const MOST_HELD_CHARS = MAX_MARKER_CHARS + MAX_UNDECIDED_CHARS + 1

/** Answers in which every marker stands between « and ». */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'nothing but text': ['', 'Cats sleep.', '猫睡觉。', '😀👩‍🚀', 'half \ud83d a character', '\n\n \n'],
  'one marker': [
    'Cats sleep «[1]».',
    '«[1]»',
    '«[1]» Cats',
    'Cats.«[1]»',
    'Cats. «[1]»\n\nDogs',
    'a «[999]»b',
    '«[ 1 ]»',
  ],
  'several markers': ['«[1]»«[2]»', '«[1]» «[2]»', 'a «[1]»b «[2]»c', '«[1]»\n«[2]»', '- x «[1]»\n- y «[2]»\n'],
  lists: ['«[1, 2]»', '«[1,2,3]»', '«[1; 2]»', '«[1，2]»', '«[1、2]»', '«[2, 1]»', '«[1,1]»'],
  ranges: [
    '«[1-3]»',
    '«[1–3]»',
    '«[1—3]»',
    '«[1 - 3, 7]»',
    '«[1~3]»',
    '«[1～3]»',
    '[3-1]',
    '[1-51]',
    '«[1-50]»',
    '[1-]',
    '[-1]',
  ],
  'other brackets': [
    '猫睡«【1】»。',
    '«【1、2】»',
    '«［1］»',
    '«［１，２］»',
    '«【1】»(x)',
    '«[1]»«【2】»«［3］»',
    '«【1†来源】»',
    '【来源】',
    '【1]',
    '[1】',
  ],
  emoji: ['😀«[1]»😀', '👩‍🚀 «[1]» 👩‍🚀', '[😀]', '[1😀]', '«[1]»\ud83d'],
  'what is no number of a source': [
    '[2024]',
    '[0]',
    '[001]',
    '[1000]',
    '[]',
    '[ ]',
    '[a]',
    '[1a]',
    '[1.5]',
    '[1 2]',
    '[,1]',
    '[1,]',
    '[١]',
  ],
  footnotes: ['Cats[^1] sleep.', '[^1]: A note', '«[^12]» «[1]»'],
  escapes: ['\\[1]', '\\\\«[1]»', '\\\\\\[1]', '\\【1】', '\\a «[1]»', '[\\1]', '\\'],
  code: [
    '`[1]`',
    '`a` «[1]» `b`',
    '«[1]»`[2]`«[3]»',
    '`` ` [1] `` «[2]»',
    'a stray ` and [1] to its end\n«[2]»',
    'a `` [1] ` [2] `` «[3]»',
    '``` [1] ``` «[2]»',
    '~ «[1]» ~~ «[2]» ~~',
    '`',
  ],
  fences: [
    '```\n[1]\n```\n«[2]»',
    '```js\nrow[1]\n```\n«[2]»',
    '~~~\n[1]\n```\n[2]\n~~~\n«[3]»',
    '````\n```\n[1]\n```\n[2]\n````\n«[3]»',
    'text\n   ```\n   [1]\n   ```\n«[2]»',
    '1. a\n     ```\n     [1]\n     ```\n   b «[2]»',
    '- ```\n  [1]\n  ```\n  b «[2]»',
    '> ```\n> [1]\n> ```\n> b «[2]»',
    'x ```[1]\n«[2]»',
    '```\r\n[1]\r\n```\r\n«[2]»',
    '```\nno end [1]\n\n[2]',
    '```\n[1]\n```not the end\n[2]\n```\n«[3]»',
  ],
  links: [
    '[1](https://a.example) «[2]»',
    '[text](https://a.example/[1]) «[2]»',
    '[text](a(b[1])c)«[2]»',
    '[see [1]](u) «[2]»',
    '[see [1] and [2]](u)',
    '[see [1], or [x]](u)',
    '![alt [1]](u) «[2]»',
    '![1](u)',
    '[text][1]',
    '[text][ref]«[1]»',
    '[see [1]][ref]',
    '[text](broken [1]\n«[2]»',
  ],
  'brackets that are no link': [
    '[see «[1]»] x',
    '[see «[1]»]',
    '«[[1]]»',
    '[«[1]», «[2]»]',
    '[a «[1]» b',
    '[a «[1]»\n](u)',
    '[text] «[1]»',
    '[a]\n«[1]»',
    '(see «[1]»)',
    '«[1]» (note)',
    '«[1]»\n(note)',
    '«[1]»](u)',
    '[a] (b «[1]»)',
    `[see «[1]» ${'far '.repeat(80)}](u)`,
  ],
  'broken brackets': [
    '[1',
    '[1,',
    '[',
    '[[',
    '[1 «[2]»',
    '[[«[1]»',
    '] «[1]»[',
    '[1[2[[3]',
    `[${'1,'.repeat(40)}1]`,
    ']]]]',
  ],
  definitions: [
    '[1]: https://a.example\n«[2]»',
    'text\n  [1]: u',
    'text «[1]»: so it is',
    '   a\n    «[1]»: u',
    '«[1]» : u',
    '[1]:',
  ],
  Markdown: ['**«[1]»**', '“«[1]»”', '| a «[1]» | b «[2]» |', '# T «[1]»', '> q «[1]»', '* «[1]»', '<b>«[1]»</b>'],
}

/** Answers with code, formulas, addresses and data outside code fences; every citation stands between « and ». */
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  'an index': [
    'process.argv[2]',
    'sys.argv[1] is the first «[1]».',
    'a[0][1] «[1]»',
    'a[1][2][3]',
    'rows[i][1]',
    'f(x)[1] and (a, b)[1]',
    '"abc"[1] and \'abc\'[1]',
    'foo_[1]',
    'café[1]',
    'x2[1]',
    'a?.[1]',
    '{a}[1]',
    'this.items[1].name «[2]»',
    'hours[1]',
    'cats[1][2]',
    'word[see [1]] «[2]»',
  ],
  'a citation directly after text that is not code': [
    '睡眠十六小时«[1]»。',
    '猫每天睡16小时«[1]»«[2]»。',
    '成立于1998«[1]»。',
    '重5kg«[1]»。',
    '世界卫生组织(WHO)«[1]»指出',
    'ネコは寝る«[1]»。',
    '고양이는 잔다«[1]».',
    'Кошки спят«[1]».',
    'แมวนอน«[1]»',
    'They sleep (a lot).«[1]»',
    'They “sleep”«[1]» and "they sleep a lot."«[2]»',
    '"They sleep a lot"«[1]»',
    '**16 hours**«[1]» and _16 hours_«[2]»',
    '16 %«[1]» or 20 °C«[2]» or H₂O«[1]»',
    '(见上文)«[1]»',
    '`list`«[1]» and [docs](u)«[2]»',
    'hours…«[1]»',
    '使用Python编写«[1]»',
  ],
  'an array': [
    'pair = [1, 2]',
    'x=[1]',
    'm = [[1, 2], [3]] «[1]»',
    'h => [1, 2]',
    'sum([1, 2])',
    'f(x, [1, 2]) «[1]»',
    'np.array([[1, 2], [3, 4]])',
    'a == [1]',
  ],
  'citations that look like data': [
    'as follows: «[1]»',
    'Sources: «[1, 2]»',
    '([1a], «[1]», «[2]»)',
    '(«[1]», «[2]»)',
    '(see «[1]»)',
    'cat(s) «[1]»',
    '- «[1]» Cats',
  ],
  JSON: [
    '{"ids": [1, 2], "n": 3} «[1]»',
    '{"ids":[1]}',
    "{'ids': [1, 2]}",
    '{\n  "rows": [\n    [1, 2],\n    [3]\n  ]\n}\nCats «[1]»',
    '[\n  [1, 2],\n  [3]\n]\n«[1]»',
    '"open": [\n[1]\n\nNext «[2]»',
  ],
  'formulas of dollars': [
    '$\\sqrt[3]{8}$ «[1]»',
    '$[1]$',
    '$x \\in [1, 2]$ «[3]»',
    'so $a + [1]$«[2]»',
    '$$x = [1]$$ «[2]»',
    '$$\n[1, 2]\n$$\n«[3]»',
    '$$\nx \\in [1, 2] + [3]\n+ [4]\n$$',
    '$x$ is «[1]», $y$ is «[2]»',
    '价格$x [1]$元«[2]»',
  ],
  'prices and other dollars': [
    '$5 and $10 «[1]»',
    'It costs $5 «[1]» or $10 «[2]», i.e. $20 «[3]».',
    'from $5–$10 «[1]» to 20$ «[2]»',
    'US$5 «[1]» and 5$ «[2]»',
    '$1.5 billion «[1]», $2bn «[2]» $3M «[3]»',
    'Set $HOME «[1]»',
    '\\$5 «[1]» and 7\\$',
    'cheap ($), mid ($$) «[1]», dear ($$$) «[2]»',
    '$5\n«[1]» $',
  ],
  'TeX formulas': [
    '\\sqrt[3]{x} «[1]»',
    '\\(x \\in [1, 2]\\) «[3]»',
    '\\[ x \\in [1, 2] \\] «[3]»',
    '\\[\n[1]\n\\]\n«[2]»',
    '\\begin{align*}\n a &\\in [1, 2] \\\\\n\\end{align*}\n«[1]»',
    '\\begin{itemize} \\item Cats «[1]»\\end{itemize}',
    'x_{[1]} ',
    '\\[1] Cats «[2]»',
    '\\(see «[1]»)',
    '\\[ no end «[1]»\n\n«[2]»',
  ],
  URLs: [
    'https://a/x?ids[1]=5',
    'https://a.example/[1] «[2]»',
    'See https://a.example/x «[1]».',
    'See https://a.example/x.«[1]»',
    '访问https://a.example/x查看«[1]»。',
    '<https://a.example/?[1]> «[2]»',
    'and/or «[1]»',
    'file:///a/[1]',
  ],
  'indented code': [
    '    x [1]',
    'Text:\n\n    x [1]\n    y [2]\n\n    z [3]\nText «[1]»',
    'Text:\n\n\tx [1]\n',
    'A paragraph\n    goes on «[1]»',
    '1. One\n\n    Two «[1]»\n\n        x [2]',
    '- One\n    - Two «[1]»\n\n      Three «[2]»',
    '    猫睡觉«[1]»。',
    '> q\n>\n>     x [1]',
  ],
}

const ROWS = Object.entries({ ...ANSWERS, ...LITERALS }).flatMap(([kind, answers]) =>
  answers.map((marked) => [kind, marked] as const),
)

/** Scans a text that arrives in pieces, and records the largest amount of text that was held back. */
function scan(deltas: readonly string[]) {
  const scanner = createMarkerScanner()
  const pieces: ScannedPiece[] = []
  let held = 0
  let mostHeld = 0
  const take = (taken: readonly ScannedPiece[]) => {
    pieces.push(...taken)
    held -= textOf(taken).length
  }
  for (const delta of deltas) {
    held += delta.length
    take(scanner.push(delta))
    mostHeld = Math.max(mostHeld, held)
  }
  take(scanner.end())
  return { pieces: joinTexts(pieces), mostHeld }
}

function textOf(pieces: readonly ScannedPiece[]): string {
  return pieces.map(({ text }) => text).join('')
}

/** Joins adjacent texts, because the positions of cuts have no meaning. */
function joinTexts(pieces: readonly ScannedPiece[]): readonly ScannedPiece[] {
  return pieces.reduce<readonly ScannedPiece[]>((joined, piece) => {
    const last = joined.at(-1)
    if (last?.kind !== 'text' || piece.kind !== 'text') return [...joined, piece]
    return [...joined.slice(0, -1), { kind: 'text', text: last.text + piece.text }]
  }, [])
}

/** The text with every marker between « and ». */
function mark(pieces: readonly ScannedPiece[]): string {
  return pieces.map(({ kind, text }) => (kind === 'marker' ? `«${text}»` : text)).join('')
}

const withoutMarks = (marked: string) => marked.replace(/[«»]/gu, '')

/** Texts built from everything that has a meaning for the scanner. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[1]',
        '[',
        ']',
        '(',
        ')',
        '[1, 2]',
        '【1】',
        '［',
        '［2］',
        '`',
        '```',
        '~~~',
        '\n',
        ' ',
        '\\',
        ':',
      ),
      fc.constantFrom(
        '1',
        ',',
        '-',
        'a',
        '。',
        '😀',
        '\ud83d',
        '^',
        '>',
        'see ',
        '[see [1]',
        '](u)',
        '$',
        '$$',
        '\\(',
        '\\)',
        '\\[',
        '\\]',
        '\\begin{align}',
        '\\end{align}',
        'https://',
        ' = ',
        '"a": ',
        'f(',
        '\n\n    ',
        '- ',
        '猫',
        '12345678'.repeat(9),
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('createMarkerScanner', () => {
  it.each(ROWS)('B1, B2: finds exactly the markers in %s: %j', (_kind, marked) => {
    expect(mark(scan([withoutMarks(marked)]).pieces)).toBe(marked)
  })

  it.each([
    ['[1]', [1]],
    ['[3, 1]', [3, 1]],
    ['[1,1]', [1]],
    ['[1-3]', [1, 2, 3]],
    ['[2–3, 7; 9]', [2, 3, 7, 9]],
    ['［１０，２～３］', [10, 2, 3]],
    ['【1、2】', [1, 2]],
  ])('reads the numbers of %s', (text, numbers) => {
    expect(scan([text]).pieces).toEqual([{ kind: 'marker', text, numbers }])
  })

  it('B2: finds the same markers for every cut in two, and for single characters', () => {
    for (const [, marked] of ROWS) {
      const text = withoutMarks(marked)
      const { pieces } = scan([text])
      for (const cut of [...cutsInTwo(text), text.split('')])
        expect(scan(cut).pieces, JSON.stringify(cut)).toEqual(pieces)
    }
  })

  it('B2: finds the same markers for any cut, loses no text, and holds back no more than its limit', () => {
    const row = fc.constantFrom(...ROWS).map(([, marked]) => withoutMarks(marked))
    fc.assert(
      fc.property(fc.oneof(row, hostileText).chain(cutAnyhow), (deltas) => {
        const { pieces, mostHeld } = scan(deltas)
        expect(pieces).toEqual(scan([deltas.join('')]).pieces)
        expect(textOf(pieces)).toBe(deltas.join(''))
        expect(mostHeld).toBeLessThanOrEqual(MOST_HELD_CHARS)
      }),
      { numRuns: 2_000 },
    )
  })

  it('emits plain text at once', () => {
    const scanner = createMarkerScanner()
    expect(scanner.push('Cats ')).toEqual([{ kind: 'text', text: 'Cats ' }])
    expect(scanner.push('sleep [')).toEqual([{ kind: 'text', text: 'sleep ' }])
    expect(scanner.push('a] 【1】')).toEqual([
      { kind: 'text', text: '[a] ' },
      { kind: 'marker', text: '【1】', numbers: [1] },
    ])
    expect(scanner.push('[1]'), 'which may be the text of a link').toEqual([])
    expect(scanner.end()).toEqual([{ kind: 'marker', text: '[1]', numbers: [1] }])
  })

  it.each([
    '[',
    '[1,',
    '[1',
    '`',
    '` ',
    '~',
    '[see [1] ',
    '[[1]',
    '[1]',
    '[1-50,1-50]',
    '[a](',
    '\\[',
    '\n```',
    '```\n`',
    '$',
    '$a [1]',
    '\\(',
    '\\([1]',
    'a[1',
    'x=[',
    'f(f(,[1',
    'aaaa:/',
    '\n    [1]',
    '\\begin{align}',
    '"a b"[1]',
    '>',
  ])('scans 1 MB of %j in linear time', (unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
    const scanner = createMarkerScanner()
    let held = 0
    for (let start = 0; start < text.length; start += 11) {
      const delta = text.slice(start, start + 11)
      held += delta.length - textOf(scanner.push(delta)).length
      if (held > MOST_HELD_CHARS) expect.fail(`${held} characters are held back`)
    }
    expect(textOf(scanner.end())).toHaveLength(held)
  })
})
