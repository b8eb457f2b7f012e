import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShownText, showAnswer } from '../../../src/dialects/chatkit/shown-text.ts'
import { stripCitations } from '../../../src/markdown.ts'
import { anyPieces, citedResult, type Piece } from './support/cited-turn.ts'

/** The text, and the positions of the citations. */
function shown(pieces: readonly Piece[], mode: 'keep' | 'strip' = 'strip', { stripped = false } = {}) {
  const { text, marks } = showAnswer(citedResult(pieces, { stripped }), mode)
  return [text, marks.map(({ index }) => index)]
}

describe('showAnswer', () => {
  it.each<readonly [string, readonly Piece[], string, readonly number[]]>([
    ['a marker at the end of a sentence', ['They sleep ', [1], '.'], 'They sleep.', [10]],
    ['a marker between words', ['They ', [1], ' sleep.'], 'They sleep.', [4]],
    ['a marker with two numbers', ['They sleep ', [1, 2], '.'], 'They sleep.', [10, 10]],
    ['two markers in a row', ['They sleep ', [1], [2], '.'], 'They sleep.', [10, 10]],
    ['two markers with a blank between', ['They sleep ', [1], ' ', [2], '.'], 'They sleep.', [10, 10]],
    ['a marker at the start of a line', ['One\n', [1], ' sleeps'], 'One\nsleeps', [4]],
    ['a marker after an indent', ['- One\n ', [1], ' two'], '- One\n  two', [7]],
    ['a marker at the start', [[1], ' They'], 'They', [0]],
    ['a marker at the end', ['They ', [1]], 'They', [4]],
    ['a marker after an emoji', ['😀 ', [1], '!'], '😀!', [2]],
    ['no marker', ['They sleep '], 'They sleep ', []],
    ['nothing', [], '', []],
  ])('leaves out %s', (_name, pieces, text, positions) => {
    expect(shown(pieces)).toEqual([text, positions])
  })

  it('keeps the markers with keep, and places the citations after them', () => {
    expect(shown(['They ', [1], ' sleep ', [2, 3], '.'], 'keep')).toEqual(['They [1] sleep [2, 3].', [8, 21, 21]])
  })

  it('places the citations of an answer that has no markers', () => {
    expect(shown(['They ', [1], ' sleep'], 'strip', { stripped: true })).toEqual(['They  sleep', [5]])
  })

  it('gives the text that stripCitations gives', () => {
    fc.assert(
      fc.property(anyPieces(), (pieces) => {
        const result = citedResult(pieces)
        expect(showAnswer(result, 'strip').text).toBe(stripCitations(result))
      }),
      { numRuns: 2_000 },
    )
  })

  it('leaves out citations whose range is wrong, and never throws', () => {
    const result = citedResult(['One ', [1], '.'])
    const ranges = [
      { start: 2, end: 1 },
      { start: 5, end: 99 },
      { start: -3, end: 2 },
      { start: Number.NaN, end: 3 },
    ]
    for (const range of ranges) {
      const citations = result.citations.map((citation) => ({ ...citation, ...range }))
      expect(showAnswer({ ...result, citations }, 'strip')).toEqual({ text: 'One [1].', marks: [] })
    }
  })
})

describe('createShownText', () => {
  it('does not depend on the cuts of the text', () => {
    fc.assert(
      fc.property(anyPieces(), fc.boolean(), (pieces, keeps) => {
        const mode = keeps ? 'keep' : 'strip'
        const [whole, units] = [createShownText(mode), createShownText(mode)]
        for (const piece of pieces) {
          const text = typeof piece === 'string' ? piece : `[${piece.join(', ')}]`
          const once = typeof piece === 'string' ? whole.add(text) : whole.addMarker(text)
          const inUnits =
            typeof piece === 'string'
              ? Array.from({ length: text.length }, (_, at) => units.add(text.charAt(at))).join('')
              : units.addMarker(text)
          expect([inUnits, units.length]).toEqual([once, whole.length])
        }
        expect(units.flush()).toBe(whole.flush())
      }),
      { numRuns: 2_000 },
    )
  })
})
