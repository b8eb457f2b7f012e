import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segments, type Segment } from '../../src/client.ts'
import {
  EMPTY_RESULT,
  reduceEvent,
  type CheckedCitation,
  type PartialChatResult,
  type Source,
} from '../../src/index.ts'
import { ask, CHUNKS, FINISH } from '../core/ask.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { cpuMs } from '../support/cpu-ms.ts'

const ANSWER = 'They sleep 16 hours. [1, 2] Dogs do not. [2]'

function source(number: number): Source {
  return { number, sourceId: `s${number}`, documentId: 'd', chunkId: 'c', title: 't', text: 'x', metadata: {} }
}

function citation(number: number, start: number, end: number): CheckedCitation {
  return { index: 0, number, sourceId: `s${number}`, start, end }
}

function textOf(pieces: readonly Segment[]): string {
  return pieces.map(({ text }) => text).join('')
}

/** Returns the parts of the answer; a marker has its numbers. */
function shapeOf(pieces: readonly Segment[]) {
  return pieces.map((piece) =>
    piece.type === 'text' ? piece.text : [piece.text, ...piece.citations.map((cited) => cited.citation.number)],
  )
}

describe('segments', () => {
  it('cuts the answer at its markers, and gives each citation its source', () => {
    const citations = [citation(1, 21, 27), citation(2, 21, 27), citation(2, 41, 44)]
    const sources = [source(1), source(2)]
    expect(segments({ answer: ANSWER, sources, citations })).toEqual([
      { type: 'text', text: 'They sleep 16 hours. ', start: 0, end: 21 },
      {
        type: 'citation',
        text: '[1, 2]',
        start: 21,
        end: 27,
        citations: [
          { citation: citations[0], source: sources[0] },
          { citation: citations[1], source: sources[1] },
        ],
      },
      { type: 'text', text: ' Dogs do not. ', start: 27, end: 41 },
      {
        type: 'citation',
        text: '[2]',
        start: 41,
        end: 44,
        citations: [{ citation: citations[2], source: sources[1] }],
      },
    ])
  })

  it('has no segments for an empty answer, and one for an answer without citations', () => {
    expect(segments(EMPTY_RESULT)).toEqual([])
    expect(segments({ answer: 'No.', sources: [], citations: [] })).toEqual([
      { type: 'text', text: 'No.', start: 0, end: 3 },
    ])
  })

  it('shows markers at the beginning and directly after one another', () => {
    const citations = [citation(1, 0, 3), citation(2, 3, 6)]
    expect(shapeOf(segments({ answer: '[1][2]', sources: [], citations }))).toEqual([
      ['[1]', 1],
      ['[2]', 2],
    ])
  })

  it('has an empty citation where a marker was stripped, also at the end of a text that still grows', () => {
    const citations = [citation(1, 3, 3), citation(2, 3, 3), citation(1, 5, 5)]
    expect(shapeOf(segments({ answer: 'Yes. ', sources: [], citations }))).toEqual(['Yes', ['', 1, 2], '. ', ['', 1]])
  })

  it('leaves the source undefined while it has not come', () => {
    const [piece] = segments({ answer: '[1]', sources: [source(2)], citations: [citation(1, 0, 3)] })
    expect(piece).toMatchObject({ citations: [{ source: undefined }] })
  })

  it.each([
    ['has not come', citation(1, 41, 50)],
    ['ends before it starts', citation(1, 5, 4)],
    ['is negative', citation(1, -1, 3)],
    ['is between characters', citation(1, 1.5, 3)],
    ['is not a number', citation(1, Number.NaN, Number.NaN)],
    ['is infinite', citation(1, 0, Infinity)],
    ['is missing', { index: 0, number: 1, sourceId: 's1' } as CheckedCitation],
    ['is text', { ...citation(1, 0, 0), start: '1', end: '3' } as unknown as CheckedCitation],
    ['overlaps the one before', citation(1, 25, 30)],
    ['comes before the one before', citation(1, 3, 5)],
    ['is the place before any text', citation(1, -1, 0)],
  ])('leaves a citation out whose range %s', (_name, wrong) => {
    const citations = [citation(2, 21, 27), wrong, citation(2, 41, 44)]
    const wanted = ['They sleep 16 hours. ', ['[1, 2]', 2], ' Dogs do not. ', ['[2]', 2]]
    expect(shapeOf(segments({ answer: ANSWER, sources: [], citations }))).toEqual(wanted)
    expect(
      shapeOf(segments({ answer: 'No.', sources: [], citations: [wrong] }))
        .flat()
        .join(''),
    ).toBe('No.')
  })

  it('never throws, and keeps the text, for any ranges', () => {
    const offset = fc.oneof(fc.integer({ min: -2, max: 14 }), fc.double(), fc.anything())
    const anyCitation = fc
      .record({ number: fc.integer({ min: 1, max: 3 }), start: offset, end: offset })
      .map((parts) => ({ ...citation(1, 0, 0), ...parts, sourceId: `s${parts.number}` }) as CheckedCitation)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.array(anyCitation), (answer, citations) => {
        const pieces = segments({ answer, sources: [source(1)], citations })
        expect(textOf(pieces)).toBe(answer)
        let end = 0
        for (const piece of pieces) {
          // Zero may be negative.
          expect(piece.start === end).toBe(true)
          expect(answer.slice(piece.start, piece.end)).toBe(piece.text)
          ;({ end } = piece)
        }
        expect(pieces.some((piece) => piece.type === 'text' && piece.text === '')).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('takes linear time', async () => {
    const count = 200_000
    const answer = 'a [1]'.repeat(count)
    const citations = Array.from({ length: count }, (_, index) => citation(1, index * 5 + 2, index * 5 + 5))
    const spentMs = await cpuMs(() => {
      expect(segments({ answer, sources: [source(1)], citations })).toHaveLength(2 * count)
    })
    expect(spentMs).toBeLessThan(2000)
  })
})

describe('segments of a stream', () => {
  const words = fc.constantFrom(
    'Cats sleep. ',
    '[1]',
    ' [2]',
    '[1, 2]',
    '[1-2]',
    '【2】',
    '猫睡觉。',
    '`[1]`',
    '\n\n',
    '😀',
    '[7]',
  )

  it('are the whole text after each event, with every citation whose marker has come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('keep', 'strip'),
        async (script, markers) => {
          const model = scriptedChatModel([...script, FINISH])
          const events = await ask({ model, markers, retriever: fakeRetriever(CHUNKS), check: false })
          let result: PartialChatResult = EMPTY_RESULT
          let shown = 0
          for (const event of events) {
            result = reduceEvent(result, event)
            const pieces = segments(result)
            expect(textOf(pieces)).toBe(result.answer)
            const cited = pieces.flatMap((piece) => (piece.type === 'citation' ? piece.citations : []))
            expect(cited.map((item) => item.citation)).toEqual(
              result.citations.filter(({ end }) => end <= result.answer.length),
            )
            for (const { citation, source } of cited) expect(source?.number).toBe(citation.number)
            shown = cited.length
          }
          expect(shown).toBe(result.citations.length)
        },
      ),
      { numRuns: 100 },
    )
  })
})
