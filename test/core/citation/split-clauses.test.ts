import { describe, expect, it } from 'vitest'
import type { Claim } from '../../../src/core/citation/claim-tracker.ts'
import { createMarkerScanner } from '../../../src/core/text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../../../src/core/text/markers/undecided-markers.ts'
import { cutsInTwo } from '../../support/cuts.ts'
import { trackAnswer } from './track-answer.ts'

/** Answers with their claims: the text in the answer, and the numbers of the sources that it cites. */
const CLAUSES: readonly (readonly [string, readonly string[]])[] = [
  [
    'Cats sleep 16 hours a day [1], while dogs sleep 12 [2].',
    ['Cats sleep 16 hours a day 1', 'while dogs sleep 12 [2]. 2'],
  ],
  ['Cats sleep 16 hours [1]; dogs sleep 12 [2]. Birds', ['Cats sleep 16 hours 1', 'dogs sleep 12 [2]. 2']],
  ['Cats sleep 16 hours [1] and dogs sleep 12.[2]', ['Cats sleep 16 hours 1', 'and dogs sleep 12. 2']],
  ['Cats sleep 16 hours, dogs sleep 12 [1][2].', ['Cats sleep 16 hours, dogs sleep 12 [1][2]. 1 2']],
  ['Cats sleep 16 hours, dogs sleep 12 [1] [2].', ['Cats sleep 16 hours, dogs sleep 12 [1] [2]. 1 2']],
  ['Cats sleep 16 hours, dogs sleep 12 [1], [2].', ['Cats sleep 16 hours, dogs sleep 12 [1], [2]. 1 2']],
  ['Cats sleep 16 hours, dogs sleep 12. [1, 2]', ['Cats sleep 16 hours, dogs sleep 12. 1 2']],
  ['Cats sleep 16 hours a day [1] and [2].', ['Cats sleep 16 hours a day [1] and [2]. 1 2']],
  ['Katzen schlafen 16 Stunden [1] und [2].', ['Katzen schlafen 16 Stunden [1] und [2]. 1 2']],
  ['Cats [1] and dogs [2] sleep.', ['Cats [1] and dogs [2] sleep. 1 2']],
  ['Cats [1] sleep 16 hours a day.', ['Cats [1] sleep 16 hours a day. 1']],
  ['Cats sleep 16 hours [1]; dogs bark.', ['Cats sleep 16 hours 1']],
  [
    '[1] says that cats sleep 16 hours, and [2] says that dogs sleep 12.',
    ['says that cats sleep 16 hours 1', 'and [2] says that dogs sleep 12. 2'],
  ],
  ['According to [1], cats sleep 16 hours a day.', ['According to [1], cats sleep 16 hours a day. 1']],
  [
    'According to [1], cats sleep 16 hours, while [2] says that dogs sleep 12.',
    ['According to [1], cats sleep 16 hours 1', 'while [2] says that dogs sleep 12. 2'],
  ],
  ['According to [1], cats sleep 16 hours a day [2].', ['According to [1], cats sleep 16 hours a day [2]. 1 2']],
  [
    'Cats sleep 16 hours [1], dogs sleep 12 [2], and birds sleep 8 [3].',
    ['Cats sleep 16 hours 1', 'dogs sleep 12 2', 'and birds sleep 8 [3]. 3'],
  ],
  ['猫每天睡16小时[1]，而狗每天睡12小时[2]。', ['猫每天睡16小时 1', '而狗每天睡12小时[2]。 2']],
  ['猫每天睡16小时[1]；狗每天睡12小时。[2]鸟', ['猫每天睡16小时 1', '狗每天睡12小时。 2']],
  ['猫每天睡16小时，而狗每天睡12小时[1][2]。', ['猫每天睡16小时，而狗每天睡12小时[1][2]。 1 2']],
  [
    '根据[1]，猫每天睡16小时，而根据[2]，狗每天睡12小时。',
    ['根据[1]，猫每天睡16小时 1', '而根据[2]，狗每天睡12小时。 2'],
  ],
]

/** The same for the place of a marker between two sentences. */
const PLACES: readonly (readonly [string, readonly string[]])[] = [
  ['A sleeps. [1] C barks. [2]', ['A sleeps. 1', 'C barks. 2']],
  ['A sleeps.[1] C barks.', ['A sleeps. 1']],
  ['A sleeps…[1] C barks. [2]', ['A sleeps… 1', 'C barks. 2']],
  ['A sleeps… [1] C barks… [2] D', ['A sleeps… 1', 'C barks… 2']],
  ['A sleeps<br>[1] C barks.', ['C barks. 1']],
  ['A sleeps [1]<br>[2] C barks.<br/>[3] D', ['A sleeps 1', 'C barks. 2', 'D 3']],
  ['A sleeps.\n[1] C barks.', ['C barks. 1']],
  ['[1] A sleeps. [2] C barks.', ['A sleeps. 1', 'C barks. 2']],
  ['[1] A sleeps.\n[2] C barks.', ['A sleeps. 1', 'C barks. 2']],
  ['A sleeps [1]. [2] C barks.', ['A sleeps [1]. 1', 'C barks. 2']],
  ['A sleeps. [1] [2] C barks. [3]', ['A sleeps. 1 2', 'C barks. 3']],
  ['A sleeps [1]. [2]', ['A sleeps [1]. 1 2']],
  ['A sleeps! [1] Does C? [2] "D." [3] E', ['A sleeps! 1', 'Does C? 2', '"D." 3']],
  ['猫睡觉。[1]狗叫。[2]', ['猫睡觉。 1', '狗叫。 2']],
  ['猫睡觉……[1]', ['猫睡觉…… 1']],
]

function claimsOf(deltas: readonly string[]): readonly string[] {
  const scanner = createMarkerScanner()
  const tracker = trackAnswer()
  const claims: Claim[] = []
  let at = 0
  const take = (piece: ScannedPiece) => {
    const place = { index: 0, start: at, end: at + piece.text.length }
    at += piece.text.length
    if (piece.kind === 'text') claims.push(...tracker.text(piece.text))
    else
      tracker.marker(
        piece.text,
        piece.numbers.map((number) => ({ ...place, number, sourceId: '' })),
      )
  }
  for (const delta of deltas) scanner.push(delta).forEach(take)
  scanner.end().forEach(take)
  claims.push(...tracker.end())
  const answer = deltas.join('')
  return claims.map(({ range, citations }) => {
    const text = answer.slice(range.start, range.end)
    return `${text} ${citations.map(({ number }) => number).join(' ')}`
  })
}

describe('the claims of an answer', () => {
  it.each(CLAUSES)('B3: are the clauses that the markers close, in %j', (answer, clauses) => {
    expect(claimsOf([answer])).toEqual(clauses)
  })

  it.each(PLACES)(
    'B16: have the markers behind their end, and those at the beginning of a line, in %j',
    (answer, claims) => {
      expect(claimsOf([answer])).toEqual(claims)
    },
  )

  it('B3: do not depend on the cuts of the answer', () => {
    for (const [answer] of [...CLAUSES, ...PLACES]) {
      const whole = claimsOf([answer])
      for (const cut of [...cutsInTwo(answer), answer.split('')])
        expect(claimsOf(cut), JSON.stringify(cut)).toEqual(whole)
    }
  })

  it.each([
    ['A cat sleeps [1] and ', 4_000],
    ['[1]', 40_000],
    ['A. [1] ', 10_000],
    [' [1]', 40_000],
    ['a b [1]', 20_000],
    ['<br>[1] ', 10_000],
  ])('B3: are found in an answer of %j in linear time', (unit, count) => {
    expect(claimsOf([unit.repeat(count)]).length).toBeLessThanOrEqual(count)
  })
})
