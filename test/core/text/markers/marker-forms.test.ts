import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMarkers } from '../../../../src/core/text/markers/find-markers.ts'
import { createMarkerScanner } from '../../../../src/core/text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../../../../src/core/text/markers/undecided-markers.ts'
import { cutAnyhow, cutsInTwo } from '../../../support/cuts.ts'

/** Texts with their markers and the numbers in them. */
const FORMS: readonly (readonly [string, ...string[]])[] = [
  ['Cats sleep [[1]][[2]].', '[[1]] 1', '[[2]] 2'],
  ['Cats sleep [[1, 2]].', '[[1, 2]] 1 2'],
  ['Cats sleep [[1][2]].', '[1] 1', '[2] 2'],
  ['Cats sleep [[1], [2]].', '[1] 1', '[2] 2'],
  ['Cats sleep [[1'],
  ['Cats sleep [[1]', '[1] 1'],
  ['Cats sleep [Source 1].', '[Source 1] 1'],
  ['Cats sleep [Sources 1, 2 and [source: 3].', '[source: 3] 3'],
  ['Cats sleep [Sources 1, 2].', '[Sources 1, 2] 1 2'],
  ['Cats sleep [Doc 1] [Document 2] [ref. 3].', '[Doc 1] 1', '[Document 2] 2', '[ref. 3] 3'],
  ['Katzen schlafen [Quelle 1].', '[Quelle 1] 1'],
  ['Gatos [Fuente 1], chats [source 2], кошки [источник 3].', '[Fuente 1] 1', '[source 2] 2', '[источник 3] 3'],
  ['猫睡觉[来源1]，狗叫【资料2】。', '[来源1] 1', '【资料2】 2'],
  ['Cats sleep [^1]. Dogs bark.[^2]', '[^1] 1', '[^2] 2'],
  ['Cats sleep 【1†source】【2†L3-L5】.', '【1†source】 1', '【2†L3-L5】 2'],
  ['Cats sleep [citation:1][citation:2].', '[citation:1] 1', '[citation:2] 2'],
  ['Cats sleep [ID:0] [ID:3].', '[ID:0] 0', '[ID:3] 3'],
  ['Cats sleep [1, p. 3], dogs [2, pp. 4-5], Katzen [3, S. 7].', '[1, p. 3] 1', '[2, pp. 4-5] 2', '[3, S. 7] 3'],
  ['猫[1，第3页]。', '[1，第3页] 1'],
  [
    'Cats sleep [1 and 2] [Sources 1 and 2] [1, 2, and 3].',
    '[1 and 2] 1 2',
    '[Sources 1 and 2] 1 2',
    '[1, 2, and 3] 1 2 3',
  ],
  ['Cats sleep [Source 1, Source 2] [Doc 1; Doc 3].', '[Source 1, Source 2] 1 2', '[Doc 1; Doc 3] 1 3'],
  ['Cats sleep [citation:1, citation:2].', '[citation:1, citation:2] 1 2'],
  ['Katzen [Quellen 1 und 2], chats [1 et 2], gatos [1 y 2].', '[Quellen 1 und 2] 1 2', '[1 et 2] 1 2', '[1 y 2] 1 2'],
  ['猫[来源1和2]，狗【来源1、来源2】。', '[来源1和2] 1 2', '【来源1、来源2】 1 2'],
  // No markers.
  ['[1 or 2] [1 and] [and 1] [1 and two] [1 android 2] [1and 2] [Source 1 and notes] [Source, Source 2]'],
  ['[^1]: A footnote.'],
  ['[Source 1]: https://a.example'],
  ['[[1]]: https://a.example'],
  ['[Source 1](https://a.example) [[1]](https://a.example) [^1](u)'],
  ['`[Source 1]` `[[1]]` `[^1]`'],
  ['x[[1]] = [[1]] a[^1] f([[1]])'],
  ['$[[1]]$ \\[[1]\\] "ids": [[1]]'],
  ['[Figure 1] [Table 2] [Section 3] [Step 4] [Sourced 1] [Source] [ID] [page 3] [1, 2024] [1, note] (1) (Source 1)'],
  ['[source-code 1] [documentation] [reference][1x] [0] [^a] [^1a] [id1a] 【4:0†source】'],
]

function scan(deltas: readonly string[]): readonly ScannedPiece[] {
  const scanner = createMarkerScanner()
  const pieces = [...deltas.flatMap((delta) => scanner.push(delta)), ...scanner.end()]
  const joined: ScannedPiece[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (piece.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + piece.text }
    else joined.push(piece)
  }
  return joined
}

describe('the forms of citation markers', () => {
  it.each(FORMS)('B18: are found in %j', (text, ...markers) => {
    const found = findMarkers(text).map(({ start, end, numbers }) => `${text.slice(start, end)} ${numbers.join(' ')}`)
    expect(found).toEqual(markers)
  })

  it('B18: do not depend on the cuts', () => {
    for (const [text] of FORMS) {
      const whole = scan([text])
      for (const cut of [...cutsInTwo(text), text.split('')]) expect(scan(cut), JSON.stringify(cut)).toEqual(whole)
    }
  })

  it('B18: do not depend on the cuts, for any text, and no text is lost', () => {
    const part = fc.constantFrom(
      '[',
      '[[',
      ']',
      ']]',
      '【',
      '】',
      '1',
      '2',
      ', ',
      'Source ',
      ' and ',
      'sou',
      'ID:',
      '0',
      '^',
      '†',
      'source',
      'p. ',
      '来源',
      ' ',
      'a',
      '(',
      ')',
      ':',
      '\n',
      '`',
      '$',
      '[1]',
      '[[1]]',
      '[^1]',
      '[Source 1]',
      'x = ',
    )
    const texts = fc.array(part, { maxLength: 16 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(texts.chain(cutAnyhow), (deltas) => {
        const text = deltas.join('')
        expect(scan(deltas)).toEqual(scan([text]))
        expect(
          scan(deltas)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(['[', '[[', '[[1', '[source ', '[^', '【1†', '[1, p', '[Source 1', '[1, '])(
    'B18: are looked for in linear time in %j',
    (unit) => {
      const text = unit.repeat(200_000 / unit.length)
      expect(
        scan([text])
          .map((piece) => piece.text)
          .join(''),
      ).toHaveLength(text.length)
    },
  )
})
