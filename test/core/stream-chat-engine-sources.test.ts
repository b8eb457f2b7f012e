import { describe, expect, it } from 'vitest'
import { estimateTokens, streamChat, type CitationCheck, type Engine, type EngineEvent } from '../../src/index.ts'
import { doneOf, FINISH, readAll, warningsOf } from './ask.ts'

const YES: EngineEvent = { type: 'text', delta: 'Yes.' }
const SENTENCE = 'Cats sleep sixteen hours a day, and dogs sleep twelve. '

/** An engine that yields these events. */
function engineOf(...events: readonly EngineEvent[]): Engine {
  return {
    async *answer() {
      yield* events
    },
  }
}

function source(documentId: string, text: string, rest: object = {}): EngineEvent {
  return { type: 'source', source: { documentId, text, ...rest } }
}

describe('the sources of an engine', () => {
  it('C12: are cut like retrieved ones, so that a claim is never checked against a megabyte', async () => {
    const text = SENTENCE.repeat(Math.ceil(2 ** 20 / SENTENCE.length))
    const claims = Array.from({ length: 200 }, (_, index): EngineEvent => {
      return { type: 'text', delta: `Cats sleep sixteen hours a day [${index + 1}]. ` }
    })
    let read = 0
    const check: CitationCheck = ({ source }) => {
      read += source.text.length
      return { support: 'supported', reasons: [] }
    }
    const engine = engineOf(source('big', text, { location: { page: 3, start: 100 } }), ...claims, FINISH)
    const { sources, citations } = doneOf(await readAll(streamChat({ engine, question: 'q', check })))
    expect(citations).toHaveLength(200)
    expect(read).toBeLessThan(200 * 4 * 512)
    expect(sources.map(({ number }) => number)).toEqual(sources.map((_source, index) => index + 1))
    expect(new Set(sources.map(({ sourceId }) => sourceId)).size).toBe(sources.length)
    for (const { text: piece, location, chunkId } of sources) {
      expect(estimateTokens(piece)).toBeLessThanOrEqual(512)
      expect([chunkId, location?.page]).toEqual(['big', 3])
      expect(text.slice((location?.start ?? 0) - 100, (location?.end ?? 0) - 100)).toBe(piece)
    }
    expect(sources.length).toBeGreaterThan(2 ** 20 / 4 / 512)
  })

  it('C12: get new numbers, after those of the existing pieces, when they arrive late', async () => {
    const long = SENTENCE.repeat(100)
    const engine = engineOf(
      source('first', long),
      { type: 'text', delta: 'They sleep [1]. ' },
      source('late', 'Birds fly.'),
      { type: 'text', delta: 'Birds fly [4].' },
      FINISH,
    )
    const result = doneOf(await readAll(streamChat({ engine, question: 'q' })))
    expect(result.sources.map(({ number, documentId }) => [number, documentId])).toEqual([
      [1, 'first'],
      [2, 'first'],
      [3, 'first'],
      [4, 'late'],
    ])
    expect(result.citations.map(({ sourceId }) => sourceId)).toEqual(['first#first', 'late#late'])
  })

  it('C12: are not split when citationChunk is infinite', async () => {
    const long = SENTENCE.repeat(100)
    const engine = engineOf(source('first', long), source('second', 'Birds fly.'), YES, FINISH)
    const options = { engine, question: 'q', citationChunk: { tokens: Infinity } }
    const { sources } = doneOf(await readAll(streamChat(options)))
    expect(sources.map(({ text }) => text)).toEqual([long, 'Birds fly.'])
  })

  it('C2: are dropped beyond four million characters, with one warning', async () => {
    const text = SENTENCE.repeat(2 ** 14)
    const documents = Array.from({ length: 8 }, (_, index) => source(`d${index}`, text))
    const events = await readAll(streamChat({ engine: engineOf(...documents, YES, FINISH), question: 'q' }))
    const { sources } = doneOf(events)
    expect(warningsOf(events)).toEqual(['context-trimmed', 'uncited'])
    expect(JSON.stringify(sources).length).toBeLessThanOrEqual(2 ** 22 + 1)
    expect(JSON.stringify(sources).length).toBeGreaterThan(2 ** 21)
  })
})
