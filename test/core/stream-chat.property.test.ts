import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ChatError,
  EMPTY_RESULT,
  reduceEvent,
  type ChatEvent,
  type ChatResult,
  type Clock,
  type RetrievedChunk,
} from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel, type ScriptStep } from '../../src/testing.ts'
import { open } from './ask.ts'

// Any UTF-16 code units, so that surrogate pairs are split and unpaired surrogates occur.
const text = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7f }), fc.integer({ min: 0xd7f0, max: 0xe010 })), { maxLength: 6 })
  .map((units) => String.fromCharCode(...units))

const finishReason = fc.constantFrom('stop', 'length', 'content-filter', 'other')

const step: fc.Arbitrary<ScriptStep> = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.constant({ type: 'reasoning' } as const) },
  { weight: 1, arbitrary: finishReason.map((finishReason) => ({ type: 'finish', finishReason }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'finish' } as const) },
  { weight: 1, arbitrary: fc.constant({ gate: Promise.resolve() }) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((retryable) => ({
      error: new ChatError('down', { code: 'upstream-unavailable', retryable, retryAfterMs: 0 }),
    })),
  },
)

const chunk: fc.Arbitrary<RetrievedChunk> = fc.record(
  {
    chunk: fc.record(
      {
        chunkId: fc.constantFrom('a', 'b#c', 'c'),
        documentId: fc.constantFrom('a', 'a#b', '__proto__'),
        text,
        title: text,
        url: fc.constantFrom('https://a.example/', 'javascript:alert(1)', 'nonsense'),
        metadata: fc.dictionary(fc.constantFrom('page', '__proto__', 'secret'), fc.anything()),
      },
      { requiredKeys: ['chunkId', 'documentId', 'text'] },
    ),
    // JSON has no negative zero.
    score: fc.double().map((score) => score + 0),
  },
  { requiredKeys: ['chunk'] },
)

const turn = fc.record({
  chunks: fc.array(chunk, { maxLength: 4 }),
  script: fc.array(step, { maxLength: 12 }),
  maxAnswerChars: fc.constantFrom(1, 2, 5, 1000),
  sourceMetadata: fc.constantFrom([], ['page', '__proto__']),
  /** The number of events before the run is stopped, and whether a read is pending then. */
  stop: fc.option(
    fc.record({
      after: fc.nat(20),
      by: fc.constantFrom('abort', 'leave'),
      pending: fc.boolean(),
    }),
  ),
})

type Turn = typeof turn extends fc.Arbitrary<infer Value> ? Value : never

/** A clock on which waits between attempts take no time, and no time limit is ever reached. */
function hastyClock(): Clock {
  let now = 0
  const pass = (ms: number, callback: () => void) => {
    now += ms
    callback()
  }
  return {
    now: () => now,
    setTimeout: (callback, ms) => (ms < 10_000 ? setImmediate(pass, ms, callback) : undefined),
    clearTimeout: (timer) => clearImmediate(timer as NodeJS.Immediate | undefined),
  }
}

/** Runs a turn to its end or to the given stop. */
async function run({ chunks, script, stop, ...options }: Turn) {
  const controller = new AbortController()
  const finished: ChatResult[] = []
  const { events, read, leave, readOn } = open({
    ...options,
    signal: controller.signal,
    clock: hastyClock(),
    retriever: fakeRetriever(chunks),
    model: scriptedChatModel(script),
    onNoEvidence: 'answer',
    onFinish: (result) => finished.push(result),
  })
  while (events.length < (stop?.after ?? Infinity) && (await read()));
  const pending = stop?.pending ? read() : undefined
  if (pending) await nextTurn()
  if (stop?.by === 'abort') controller.abort()
  if (stop?.by === 'leave') await leave()
  await pending
  await readOn()
  return { events, finished, left: stop?.by === 'leave' }
}

function isTerminal({ type }: ChatEvent): boolean {
  return type === 'done' || type === 'error'
}

function resultOf(event: ChatEvent | undefined): ChatResult | undefined {
  if (event?.type === 'error') return event.partial
  if (event?.type !== 'done') return undefined
  const { type: _type, seq: _seq, ...result } = event
  return result
}

describe('streamChat for any model, any sources and any stop', () => {
  it('P1, P2, P4, P5, E1, E2: fulfils its guarantees', async () => {
    await fc.assert(
      fc.asyncProperty(turn, async (given) => {
        const { events, finished, left } = await run(given)
        const terminal = events.at(-1)
        const result = resultOf(terminal)

        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
        const starts = events.filter(({ type }) => type === 'start')
        expect(starts).toEqual(events.slice(0, 1))
        expect(events.filter(isTerminal)).toEqual(result ? [terminal] : [])
        expect(result !== undefined || left).toBe(true)

        const types = events.map(({ type }) => type)
        if (types.includes('token')) expect(types.lastIndexOf('source')).toBeLessThan(types.indexOf('token'))

        let answer = ''
        for (const event of events) {
          if (event.type !== 'token') continue
          expect(event.at).toBe(answer.length)
          expect(event.delta).not.toBe('')
          answer += event.delta
        }
        expect(answer.length).toBeLessThanOrEqual(given.maxAnswerChars)

        const before = events.filter((event) => !isTerminal(event)).reduce(reduceEvent, EMPTY_RESULT)
        if (result) {
          expect(result).toEqual(expect.objectContaining(before))
          expect(events.reduce(reduceEvent, EMPTY_RESULT)).toEqual(result)
        }
        expect(JSON.parse(JSON.stringify(events)), 'the events survive a wire').toEqual(events)
        // The reader may have left after the run had already ended.
        const abandoned = expect.objectContaining(before)
        expect(finished).toEqual(events.length === 0 ? [] : [result ?? abandoned])
      }),
      { numRuns: 300 },
    )
  })
})
