import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Claim } from '../../../src/core/citation/claim-tracker.ts'
import { createMarkerScanner } from '../../../src/core/text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../../../src/core/text/markers/undecided-markers.ts'
import { cutAnyhow, cutsInTwo } from '../../support/cuts.ts'
import { trackAnswer } from './track-answer.ts'

/** Answers with the claims in them: each from its first to its last letter, with the markers between. */
const ANSWERS: readonly (readonly [string, readonly string[]])[] = [
  ['Cats sleep [1].', ['Cats sleep [1].']],
  ['Cats sleep. [1] Dogs bark [2].', ['Cats sleep.', 'Dogs bark [2].']],
  ['Cats sleep.[1][2] Dogs bark.[3]', ['Cats sleep.', 'Dogs bark.']],
  ['Cats [1] and dogs [2] sleep. Birds sing.', ['Cats [1] and dogs [2] sleep.']],
  ['[1] says that cats sleep. Dogs bark.', ['says that cats sleep.']],
  ['Nothing is cited. Cats sleep [1]. Nor here.', ['Cats sleep [1].']],
  ['Cats weigh 3.5 kg [1]. Dogs more.', ['Cats weigh 3.5 kg [1].']],
  ['Dr. Smith of the U.S. said so [1]. He is gone.', ['Dr. Smith of the U.S. said so [1].']],
  ['Call it. [1] `run` starts it. [2]', ['Call it.', '`run` starts it.']],
  ['Is it so [1]? Yes! [2] It is.', ['Is it so [1]?', 'Yes!']],
  ['1. Cats sleep [1]\n2. Dogs bark [2]', ['1. Cats sleep', '2. Dogs bark']],
  ['# Cats [1]\n\nThey sleep.\n- a [2]\n\n', ['# Cats', '- a']],
  ['猫睡16小时[1]。狗睡12小时【2】。鸟？', ['猫睡16小时[1]。', '狗睡12小时【2】。']],
  ['猫睡觉。[1]狗叫[2]', ['猫睡觉。', '狗叫']],
  ['😀 Cats sleep [1]. 👩‍🚀 Dogs bark [2].', ['😀 Cats sleep [1].', '👩‍🚀 Dogs bark [2].']],
  ['No full stop [1]', ['No full stop']],
  ['[1]\n\n [2]\nCats sleep [3].', ['Cats sleep [3].']],
  ['𝐁old [1]. 𝐍ext [2].', ['𝐁old [1].', '𝐍ext [2].']],
]

/** Returns the claims of an answer that arrives in pieces; the marker scanner finds its markers. */
function track(deltas: readonly string[]): readonly Claim[] {
  const scanner = createMarkerScanner()
  const tracker = trackAnswer()
  const claims: Claim[] = []
  let at = 0
  let index = 0
  const take = (piece: ScannedPiece) => {
    const start = at
    at += piece.text.length
    if (piece.kind === 'text') return claims.push(...tracker.text(piece.text))
    const place = { start, end: at }
    return tracker.marker(
      piece.text,
      piece.numbers.map((number) => ({ index: index++, number, sourceId: `s${number}`, ...place })),
    )
  }
  for (const delta of deltas) scanner.push(delta).forEach(take)
  scanner.end().forEach(take)
  return [...claims, ...tracker.end()]
}

const withoutMarkers = (text: string) => text.replaceAll(/\[[\d, ]+\]/gu, '').trim()

function slicesOf(answer: string, claims: readonly Claim[]): readonly string[] {
  return claims.map(({ range }) => answer.slice(range.start, range.end))
}

describe('createClaimTracker', () => {
  it.each(ANSWERS)('finds the sentences with citations in %j', (answer, sentences) => {
    expect(slicesOf(answer, track([answer]))).toEqual(sentences)
  })

  it('returns the sentence without its markers, and all of its citations', () => {
    const [claim] = track(['So: cats [1] and dogs [2, 3] sleep.[1] Birds'])
    expect(claim).toMatchObject({ text: 'So: cats  and dogs  sleep.', range: { start: 0, end: 35 } })
    expect(claim?.citations.map(({ index, number, start }) => [index, number, start])).toEqual([
      [0, 1, 9],
      [1, 2, 22],
      [2, 3, 22],
      [3, 1, 35],
    ])
  })

  it('closes a sentence at the first letter of the next one, and not before', () => {
    const tracker = trackAnswer()
    expect(tracker.text('Cats sleep')).toEqual([])
    tracker.marker('[1]', [{ index: 0, number: 1, sourceId: 's', start: 10, end: 13 }])
    expect(tracker.text('. ')).toEqual([])
    expect(tracker.text('"')).toEqual([])
    expect(tracker.text('D')).toMatchObject([{ text: 'Cats sleep.', range: { start: 0, end: 14 } }])
    expect(tracker.end()).toEqual([])
  })

  it('closes a sentence at the end of the line', () => {
    const tracker = trackAnswer()
    tracker.text('Cats sleep')
    tracker.marker('[1]', [{ index: 0, number: 1, sourceId: 's', start: 10, end: 13 }])
    expect(tracker.text('\n')).toMatchObject([{ text: 'Cats sleep', range: { start: 0, end: 10 } }])
  })

  it('does not count markers that are stripped from the answer', () => {
    const tracker = trackAnswer()
    tracker.text('One. Cats sleep')
    tracker.marker('', [{ index: 0, number: 1, sourceId: 's', start: 15, end: 15 }])
    tracker.text('.')
    expect(tracker.end()).toMatchObject([{ text: 'Cats sleep.', range: { start: 5, end: 16 } }])
  })

  it('gives the same claims for every cut in two, and for single characters', () => {
    for (const [answer] of ANSWERS) {
      const claims = track([answer])
      for (const cut of [...cutsInTwo(answer), answer.split('')])
        expect(track(cut), JSON.stringify(cut)).toEqual(claims)
    }
  })

  it('assigns each citation to at most one claim, in order, with an exact range, for every cut', () => {
    const part = fc.constantFrom(
      '[1]',
      '[2, 3]',
      '. ',
      '.',
      '。',
      '? ',
      'Cats sleep',
      'e.g. ',
      'Dr. A. ',
      '3.5',
      '\n',
      ' ',
      '`',
      '猫',
      '😀',
      '𝐁',
      '\ud835',
      '"',
      '1. ',
      'long '.repeat(450),
    )
    const answers = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(answers.chain(cutAnyhow), (deltas) => {
        const answer = deltas.join('')
        const claims = track(deltas)
        expect(claims).toEqual(track([answer]))
        const indexes = claims.flatMap(({ citations }) => citations.map(({ index }) => index))
        expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b))
        for (const { range, text, citations } of claims) {
          const inside = answer.slice(range.start, range.end)
          expect(inside, 'it begins and ends with text').toBe(inside.trim())
          expect(withoutMarkers(inside)).toBe(withoutMarkers(text))
          expect(citations.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(['a', 'A. B. ', 'Hi. Yo. ', '. ', 'a。b', '\n', '`a. B` ', '[1]', 'A. [1] '])(
    'handles a long answer of %j in linear time',
    (unit) => {
      const text = unit.repeat(Math.ceil(100_000 / unit.length))
      const deltas = text.match(/[^]{1,7}/gu) ?? []
      const cited = unit.startsWith('A. [') ? text.split('[1]').length - 1 : 0
      expect(track(deltas).reduce((sum, { citations }) => sum + citations.length, 0)).toBe(cited)
    },
  )
})
