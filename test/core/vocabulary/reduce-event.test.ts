import { describe, expect, it } from 'vitest'
import { EMPTY_RESULT, reduceEvent, type ChatEvent } from '../../../src/index.ts'

const SOURCE = { number: 1, sourceId: 'd#c', documentId: 'd', chunkId: 'c', title: 't', text: 'x', metadata: {} }
const CITATIONS = [0, 1].map((index) => ({ index, number: 1, sourceId: 'd#c', start: index, end: index + 3 }))

describe('reduceEvent', () => {
  it('P4: folds the events of a stream to the result of its terminal event', () => {
    const events: readonly ChatEvent[] = [
      { type: 'start', seq: 0, v: 1, runId: 'r', messageId: 'm' },
      { type: 'query', seq: 1, question: 'q', query: 'the query', condensed: true },
      { type: 'status', seq: 2, phase: 'retrieving' },
      { type: 'source', seq: 3, source: SOURCE },
      { type: 'warning', seq: 4, code: 'retrying', message: 'Once more' },
      { type: 'token', seq: 5, delta: 'Yes ', at: 0 },
      ...CITATIONS.map((citation, index) => ({ type: 'citation', seq: 6 + index, citation }) as const),
      { type: 'token', seq: 8, delta: '[1]', at: 4 },
      {
        type: 'support',
        seq: 9,
        index: 1,
        claim: { start: 0, end: 7 },
        support: 'weak',
        reasons: ['number'],
        passage: { start: 2, end: 5 },
      },
    ]
    expect(events.reduce(reduceEvent, EMPTY_RESULT)).toEqual({
      answer: 'Yes [1]',
      sources: [SOURCE],
      query: { question: 'q', query: 'the query', condensed: true },
      warnings: [{ code: 'retrying', message: 'Once more' }],
      citations: [
        CITATIONS[0],
        {
          ...CITATIONS[1],
          claim: { start: 0, end: 7 },
          support: 'weak',
          reasons: ['number'],
          passage: { start: 2, end: 5 },
        },
      ],
    })
  })

  it('P4: takes the result of the terminal event as complete', () => {
    const result = {
      finishReason: 'stop',
      answer: 'a',
      sources: [],
      citations: [],
      warnings: [],
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} },
      timings: { total: 1 },
      saved: false,
    } as const
    expect(reduceEvent(EMPTY_RESULT, { type: 'done', seq: 9, ...result })).toEqual(result)
    const partial = { ...result, finishReason: 'error' } as const
    const facts = { code: 'internal', message: 'm', retryable: false, phase: 'generating' } as const
    expect(reduceEvent(EMPTY_RESULT, { type: 'error', seq: 9, ...facts, partial })).toEqual(partial)
  })

  it('ignores an unknown event type, as the protocol requires', () => {
    const unknown = { type: 'mood', seq: 1, mood: 'good' } as unknown as ChatEvent
    expect(reduceEvent(EMPTY_RESULT, unknown)).toBe(EMPTY_RESULT)
  })

  it('modifies none of its arguments', () => {
    expect(Object.isFrozen(EMPTY_RESULT)).toBe(true)
    const before = reduceEvent(EMPTY_RESULT, { type: 'source', seq: 0, source: SOURCE })
    Object.freeze(before)
    Object.freeze(before.sources)
    expect(reduceEvent(before, { type: 'source', seq: 1, source: SOURCE }).sources).toHaveLength(2)
    expect(EMPTY_RESULT.sources).toEqual([])
  })
})
