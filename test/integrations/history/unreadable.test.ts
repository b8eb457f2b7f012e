import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { streamChat, type Engine, type RetrievedChunk } from '../../../src/index.ts'
import { decodeResult, encodeResult } from '../../../src/records/stored-result.ts'
import type { AnsweringOptions } from '../../../src/server.ts'
import { faults } from '../../../src/testing.ts'
import { resultOf } from '../../core/conversation.ts'
import { runIdOf, serveChat, THREAD } from './served-chat.ts'
import { describeEachHistory } from './stores.ts'

const CHUNK = { chunkId: 'c', documentId: 'd', text: 'Cats sleep 16 hours a day.' }
const ANSWER = faults.answer('Cats sleep 16 hours a day [1].')

function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
}

/** A retriever that returns values that its type does not allow. */
function finding(found: object): Partial<AnsweringOptions> {
  return { retriever: { retrieve: async () => [found as RetrievedChunk] } }
}

function chunk(fields: object): Partial<AnsweringOptions> {
  return { ...finding({ chunk: { ...CHUNK, ...fields } }), sourceMetadata: ['m', '__proto__'] }
}

function judging(answer: unknown): Partial<AnsweringOptions> {
  return { check: () => answer as undefined }
}

/** Values from outside that cannot be stored as JSON, or that a later version might not be able to read. */
const VALUES: readonly (readonly [string, Partial<AnsweringOptions>])[] = [
  ['a title that is a number', chunk({ title: 7 })],
  ['a title that is an object', chunk({ title: { de: 'Katzen' } })],
  ['an unpaired surrogate as title', chunk({ title: '\ud83d' })],
  ['a title of a megabyte', chunk({ title: 'x'.repeat(2 ** 20) })],
  ['a section that is a string', chunk({ section: 'Sleep' })],
  ['a section that is an object', chunk({ section: { h1: 'Sleep' } })],
  ['a section with a number, a date, null and a list', chunk({ section: [7, new Date(0), null, ['x']] })],
  ['a section with a gap and an unpaired surrogate', chunk({ section: Object.assign([], { 1: '\ud83d' }) })],
  ['a section of a megabyte', chunk({ section: ['x'.repeat(2 ** 20), ...Array.from({ length: 9_999 }, () => 'x')] })],
  ['a URL that is a number', chunk({ url: 7 })],
  ['a URL that is an object', chunk({ url: new URL('https://a.example/x') })],
  ['a location with numbers as strings', chunk({ location: { page: '3', start: '10', end: 'x' } })],
  ['a location that is a string', chunk({ location: 'page 3' })],
  ['no location', chunk({ location: null })],
  ['a score that is a string', finding({ chunk: CHUNK, score: '0.9' })],
  ['a score that is not a number', finding({ chunk: CHUNK, score: {} })],
  ['a score of NaN', finding({ chunk: CHUNK, score: Number.NaN })],
  ['metadata that is a string', chunk({ metadata: 'm' })],
  ['metadata nested 5,000 deep', chunk({ metadata: { m: nested(5_000) } })],
  ['metadata nested 65 deep', chunk({ metadata: { m: nested(65) } })],
  ['metadata with a date, a big integer and a map', chunk({ metadata: { m: [new Date(0), new Map()], b: 1n } })],
  ['metadata with a key __proto__', chunk({ metadata: { m: JSON.parse('{"__proto__":{"a":1},"b":2}') } })],
  ['metadata with an unpaired surrogate', chunk({ metadata: { m: '\ud83d' } })],
  ['metadata of a megabyte', chunk({ metadata: { m: 'x'.repeat(2 ** 20) } })],
  [
    'metadata that throws',
    chunk({
      metadata: {
        get m() {
          throw new Error('no')
        },
      },
    }),
  ],
  ['a check result that is a string', judging('yes')],
  ['a check result with an unknown support', judging({ support: 'true', reasons: [] })],
  ['a check with reasons that are numbers', judging({ support: 'weak', reasons: [1] })],
  ['a check with one reason', judging({ support: 'weak', reasons: 'because' })],
  ['a check with no reasons', judging({ support: 'supported' })],
  ['a check with a passage of strings', judging({ support: 'weak', passage: { start: '0', end: '3' } })],
  ['a check with a passage behind the text', judging({ support: 'weak', passage: { start: 0, end: 10_000 } })],
  [
    'a check with a passage and extra fields',
    judging({ support: 'weak', passage: { start: 0, end: 3, x: Number.NaN } }),
  ],
  [
    'a check result with extra fields',
    judging({ support: 'weak', reasons: [], index: 99, claim: 'x', score: Number.NaN }),
  ],
  ['a check that resolves with a number', judging(Promise.resolve(7))],
  ['a check with a promise of another realm', judging(runInNewContext('Promise.resolve({ support: 1 })'))],
  ['a token counter that returns NaN', { countTokens: (text) => (text.length > 100 ? Number.NaN : 1) }],
]

/** Values that cannot be repaired. */
const REFUSED: readonly (readonly [string, string, Partial<AnsweringOptions>])[] = [
  ['a chunk without a text', 'retrieval-failed', chunk({ text: undefined })],
  ['an id that is a number', 'retrieval-failed', chunk({ chunkId: 7 })],
  ['an id of a megabyte', 'retrieval-failed', chunk({ documentId: 'x'.repeat(2 ** 20) })],
  ['a result without a chunk', 'retrieval-failed', finding({ text: 'x' })],
  ['a result that is not an array', 'retrieval-failed', { retriever: { retrieve: async () => ({}) as never } }],
  ['a reranker without an order', 'retrieval-failed', { reranker: { rerank: async () => undefined as never } }],
  ['a prompt that is a string', 'internal', { prompt: () => 'Answer!' as never }],
  ['a token counter that returns a string', 'internal', { countTokens: () => 'many' as never }],
]

describeEachHistory((open) => {
  it.each(VALUES)('C3: saves an answer with %s in a form that can be read back', async (_value, answering) => {
    await using store = await open()
    await using chat = await serveChat({ ...store, answering })
    const first = resultOf(await chat.ask({ question: 'Why?', runId: runIdOf(1) }, ANSWER))
    expect(first).toMatchObject({ saved: true, answer: 'Cats sleep 16 hours a day [1].' })
    expect((await chat.turns()).map(({ result }) => result)).toEqual([first])
    const second = resultOf(await chat.ask({ question: 'And now?', runId: runIdOf(2) }, ANSWER))
    expect(second.saved).toBe(true)
    expect(await chat.turns()).toHaveLength(2)
  })

  it.each(REFUSED)('C3: rejects %s as %s, and keeps the thread readable', async (_value, code, answering) => {
    await using store = await open()
    await using chat = await serveChat({ ...store, answering })
    chat.upstream.use(ANSWER)
    await chat.post({ question: 'Why?', runId: runIdOf(1) }).then((response) => response.text())
    expect(chat.errors).toMatchObject([{ code, message: expect.stringMatching(/returned|prompt|countTokens/u) }])
    expect(await chat.turns()).toHaveLength(1)
    await using good = await serveChat({ history: store.reopen() })
    expect(resultOf(await good.ask({ question: 'And now?', runId: runIdOf(2) }, ANSWER)).saved).toBe(true)
  })

  const BAD_RECORDS = ['', 'null', '{"v":1', '{"v":1,"value":{}}', withTitle(7), deepRecord()]

  it.each(BAD_RECORDS)('C3: loses only the answer of a bad record (%#), and reports it to onError', async (record) => {
    await using store = await open()
    if (!store.overwrite) return
    await using chat = await serveChat(store)
    for (const run of [1, 2, 3]) await chat.ask({ question: 'Why?', runId: runIdOf(run) }, ANSWER)
    const before = await chat.turns()
    await store.overwrite({ threadId: THREAD, runId: runIdOf(2) }, record)
    chat.errors.length = 0
    const { result: _lost, ...unreadable } = before[1] ?? {}
    expect(await chat.turns()).toEqual([before[0], unreadable, before[2]])
    expect(chat.errors).toMatchObject([{ code: 'store-unavailable', message: expect.stringContaining('a result') }])
    expect(resultOf(await chat.ask({ question: 'And now?', runId: runIdOf(4) }, ANSWER)).saved).toBe(true)
    expect(await chat.turns()).toHaveLength(4)
  })

  it('F43, C3: rejects a thread with a record of a newer version, because that record is valid', async () => {
    await using store = await open()
    if (!store.overwrite) return
    await using chat = await serveChat(store)
    const result = resultOf(await chat.ask({ question: 'Why?', runId: runIdOf(1) }, ANSWER))
    const record = encodeResult(result).replace('"v":1', '"v":2')
    await store.overwrite({ threadId: THREAD, runId: runIdOf(1) }, record)
    const refused = await chat.post({ question: 'And now?', runId: runIdOf(2) })
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'store-unavailable', retryable: false }])
    await store.overwrite({ threadId: THREAD, runId: runIdOf(1) }, encodeResult(result))
    expect((await chat.turns())[0]?.result).toEqual(result)
  })
})

it.each([
  ['a number as title', { title: 7 }],
  ['a location in digits', { location: { page: '3' } }],
  ['deep metadata', { metadata: { m: nested(5_000) } }],
])('C3: converts %s of an engine to a form that can be read back', async (_value, fields) => {
  const engine: Engine = {
    async *answer() {
      yield { type: 'source', source: { documentId: 'd', text: 'Cats sleep.', ...(fields as object) } }
      yield { type: 'text', delta: 'They do [1].' }
      yield { type: 'finish', finishReason: 'stop' }
    },
  }
  const events = []
  for await (const event of streamChat({ engine, question: 'q', sourceMetadata: ['m'] })) events.push(event)
  const result = resultOf(events)
  expect(decodeResult(encodeResult(result))).toEqual(result)
})

function withTitle(title: unknown): string {
  const source = { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title, text: 'x', metadata: {} }
  const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2, phases: {} }
  const rest = { citations: [], warnings: [], usage, timings: { total: 1 }, saved: true }
  return JSON.stringify({ v: 1, value: { finishReason: 'stop', answer: 'x', sources: [source], ...rest } })
}

function deepRecord(): string {
  const deep = `"metadata":{"m":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
  return withTitle('t').replace('"metadata":{}', deep)
}
