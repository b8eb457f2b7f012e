import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createMarkerScanner,
  MAX_LINK_TEXT_CHARS,
  type ScannedPiece,
} from '../../../src/core/citation/marker-scanner.ts'
import { MAX_MARKER_CHARS } from '../../../src/core/marker-syntax.ts'
import { cutAnyhow, cutsInTwo } from '../../support/cuts.ts'

const MOST_HELD_CHARS = MAX_MARKER_CHARS + MAX_LINK_TEXT_CHARS + 1

/** Answers in which every marker stands between « and ». */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'nothing but text': ['', 'Cats sleep.', '猫睡觉。', '😀👩‍🚀', 'half \ud83d a character', '\n\n \n'],
  'one marker': [
    'Cats sleep «[1]».',
    '«[1]»',
    '«[1]» Cats',
    'Cats.«[1]»',
    'Cats. «[1]»\n\nDogs',
    'a«[999]»b',
    '«[ 1 ]»',
  ],
  'several markers': ['«[1]»«[2]»', '«[1]» «[2]»', 'a «[1]»b«[2]»c', '«[1]»\n«[2]»', '- x «[1]»\n- y «[2]»\n'],
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
    '【1†来源】',
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
  footnotes: ['Cats[^1] sleep.', '[^1]: A note', '[^12] «[1]»'],
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
    '[«[1]»]',
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
    ']«[1]»[',
    '[1[2[«[3]»',
    `[${'1,'.repeat(40)}1]`,
    ']]]]',
  ],
  definitions: [
    '[1]: https://a.example\n«[2]»',
    'text\n  [1]: u',
    'text «[1]»: so it is',
    '    «[1]»: u',
    '«[1]» : u',
    '[1]:',
  ],
  Markdown: ['**«[1]»**', '"«[1]»"', '| a «[1]» | b «[2]» |', '# T «[1]»', '> q «[1]»', '* «[1]»', '<a title="«[1]»">'],
}

const ROWS = Object.entries(ANSWERS).flatMap(([kind, answers]) => answers.map((marked) => [kind, marked] as const))

/** Scans a text that comes in pieces, and notes how much was held back at most. */
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

/** The pieces, with texts that follow each other in one: where text is cut has no meaning. */
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

/** Texts that are made of all that means something to a scanner. */
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
        '12345678'.repeat(9),
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('createMarkerScanner', () => {
  it.each(ROWS)('finds the markers and nothing else in %s: %j', (_kind, marked) => {
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

  it('finds the same wherever an answer is cut in two, and one character at a time', () => {
    for (const [, marked] of ROWS) {
      const text = withoutMarks(marked)
      const { pieces } = scan([text])
      for (const cut of [...cutsInTwo(text), text.split('')])
        expect(scan(cut).pieces, JSON.stringify(cut)).toEqual(pieces)
    }
  })

  it('finds the same however a text is cut, loses none of it, and holds back no more than its bound', () => {
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

  it('passes plain text on at once', () => {
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
    '>',
  ])('takes 1 MB of %j in linear time', (unit) => {
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
