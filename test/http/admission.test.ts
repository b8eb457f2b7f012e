import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type Clock, type HistoryStore } from '../../src/index.ts'
import { memoryRunStore } from '../../src/server.ts'
import { createGate, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { toBytes } from '../support/bytes.ts'
import { FINISH, openBench, secretError, type Bench } from './support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const OTHER_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a002'
const QUESTION = { question: 'How long?' }

const fail = (): Promise<never> => Promise.reject(secretError())

describe.each(['/chat', '/runs'])('admission by POST %s', (path) => {
  it.each([
    ['no type', {}],
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['several parts', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a type that begins like JSON', { 'content-type': 'application/jsonp' }],
    ['a type that ends like JSON', { 'content-type': 'text/json' }],
  ])(
    'R6: rejects a body of %s with 415, also one that was already parsed',
    async (_name, headers: Record<string, string>) => {
      const bench = openBench()
      const body = toBytes(JSON.stringify(QUESTION))
      const blank = { 'content-type': '', ...headers }
      for (const context of [{}, { body: QUESTION }]) {
        const { status, error } = await bench.send('POST', path, { body, headers: blank, context })
        expect(status).toBe(415)
        expect(error).toMatchObject({ code: 'invalid-input', field: 'body' })
      }
      expectNoCost(bench)
    },
  )

  it.each(['application/json;charset=utf-8', 'application/problem+json', 'APPLICATION/JSON'])(
    'R6: accepts a body of the type %s',
    async (type) => {
      const { status } = await openBench().send('POST', path, { body: QUESTION, headers: { 'content-type': type } })
      expect(status).toBeLessThan(300)
    },
  )

  it.each([
    ['is empty', ''],
    ['is no JSON', '{"question":'],
    ['is a word', 'question'],
    ['is no UTF-8', new Uint8Array([...toBytes('{"question":"'), 0xc3, 0x28, ...toBytes('"}')])],
    ['is cut within a character', new Uint8Array([...toBytes('"'), 0xe2, 0x82])],
    ['breaks off', broken(toBytes('{"question":"How'))],
  ])('R6: rejects a body that %s with 400', async (_name, body) => {
    const bench = openBench()
    const { status, error } = await bench.send('POST', path, { body })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid-input', field: 'body' })
    expectNoCost(bench)
  })

  it('R3: lists everything that is wrong with a body', async () => {
    const body = { question: ' ', threadId: 'a\nb', runId: '7', replaces: 8, filter: {}, model: 'gpt' }
    const { status, error } = await openBench().send('POST', path, { body })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid-input', field: 'question', message: error.issues?.[0]?.message })
    expect(error.issues?.map(({ field }) => field)).toEqual([
      'question',
      'threadId',
      'runId',
      'replaces',
      'filter',
      'model',
    ])
  })

  it('R6: accepts a body in pieces and without a length, up to the limit', async () => {
    const json = toBytes(JSON.stringify({ question: '€'.repeat(100) }))
    const bench = openBench({ maxBodyBytes: json.length })
    const whole = await bench.send('POST', path, { body: streamOf([...json].map((byte) => new Uint8Array([byte]))) })
    expect(whole.status).toBeLessThan(300)
    const longer = await bench.send('POST', path, { body: streamOf([json, toBytes(' ')]) })
    expect(longer.status).toBe(413)
    expect(longer.error).toMatchObject({ code: 'invalid-input', field: 'body' })
  })

  it('F44, R6: reads no more of an endless body than allowed, and nothing when its declared length is too large', async () => {
    const bench = openBench()
    const endless = endlessBody(1_000)
    expect((await bench.send('POST', path, { body: endless.stream })).status).toBe(413)
    expect(endless.pulls()).toBeLessThan(270)
    expect(await endless.cancelled).toBe(true)
    const announced = endlessBody(1_000)
    const headers = { 'content-length': '262145' }
    expect((await bench.send('POST', path, { body: announced.stream, headers })).status).toBe(413)
    expect(announced.pulls()).toBeLessThanOrEqual(1)
    expectNoCost(bench)
  })

  it('accepts a body that the framework has parsed', async () => {
    const bench = openBench()
    const headers = { 'content-type': 'application/json' }
    expect((await bench.send('POST', path, { headers, context: { body: QUESTION } })).status).toBeLessThan(300)
    const { status, error } = await bench.send('POST', path, { headers, context: { body: { question: 7 } } })
    expect([status, error.field]).toEqual([400, 'question'])
  })

  it('answers 500 and reports to the developer that the body was already read', async () => {
    const bench = openBench({
      scope: () => 'alice',
    })
    const request = new Request(`http://localhost${path}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    await request.text()
    expect((await bench.handler(request)).status).toBe(500)
    expect(bench.errors[0]?.message).toContain('it was read already')
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'F47: rejects the key %s without modifying a prototype',
    async (key) => {
      const body = `{"question":"How long?","${key}":{"polluted":true}}`
      const { status, error } = await openBench().send('POST', path, { body })
      expect([status, error.field]).toEqual([400, key])
      expect({}).not.toHaveProperty('polluted')
    },
  )

  it('F47: separates threads whose ids are names of built-in properties, as plain strings', async () => {
    const bench = openBench()
    for (const threadId of ['__proto__', 'constructor', 'toString']) {
      await bench.ask({ ...QUESTION, threadId })
      const { json } = await bench.send('GET', `/threads/${threadId}`)
      expect(json).toMatchObject({ threadId, turns: [{ threadId }] })
    }
  })

  it('F49, R4: answers 404 when `replaces` names an unknown run, or a run of another thread or scope', async () => {
    const bench = openBench()
    await bench.ask({ ...QUESTION, threadId: 'cats', runId: RUN_ID })
    const asks = [
      bench.send('POST', path, { body: { ...QUESTION, threadId: 'cats', replaces: OTHER_ID } }),
      bench.send('POST', path, { body: { ...QUESTION, threadId: 'dogs', replaces: RUN_ID } }),
      bench.send('POST', path, { body: { ...QUESTION, threadId: 'cats', replaces: RUN_ID }, as: 'bob' }),
    ]
    const sent = await Promise.all(asks)
    expect(sent.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1)
    expect(sent[0]?.error).toMatchObject({ code: 'not-found' })
    expect(bench.model.calls).toHaveLength(1)
  })

  it('R4: replaces a turn', async () => {
    const bench = openBench()
    await bench.ask({ ...QUESTION, threadId: 'cats', runId: RUN_ID })
    await bench.send('POST', path, { body: { ...QUESTION, threadId: 'cats', runId: OTHER_ID, replaces: RUN_ID } })
    await bench.send('GET', `/runs/${OTHER_ID}/events`)
    expect((await bench.send('GET', '/threads/cats')).json).toMatchObject({ turns: [{ runId: OTHER_ID }] })
  })

  it('R11: rejects a second question in a thread with 409 and the id of the active run', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const first = bench.ask({ ...QUESTION, threadId: 'cats', runId: RUN_ID })
    await gate.reached()
    const busy = await bench.send('POST', path, { body: { ...QUESTION, threadId: 'cats' } })
    expect(busy.status).toBe(409)
    expect(busy.error).toMatchObject({ code: 'thread-busy', runId: RUN_ID, retryable: true })
    gate.open()
    await first
  })

  it.each([
    ['of a scope', { maxRunsPerScope: 1 }, 'alice'],
    ['of the process', { maxRuns: 1 }, 'bob'],
  ])('R11: rejects one run %s too many with 429 and Retry-After', async (_name, store, as) => {
    const gate = createGate()
    const bench = openBench({ store, model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const first = bench.ask(QUESTION)
    await gate.reached()
    const { status, error, headers } = await bench.send('POST', path, { body: QUESTION, as })
    expect(status).toBe(429)
    expect(error).toMatchObject({ code: 'too-many-runs', retryable: true })
    expect(headers.get('retry-after')).toBe('1')
    gate.open()
    await first
  })

  it('R11: rejects a run with 503 while the server shuts down', async () => {
    const bench = openBench()
    await bench.runs.drain()
    const { status, error, headers } = await bench.send('POST', path, { body: QUESTION })
    expect(status).toBe(503)
    expect(error).toMatchObject({ code: 'shutting-down', retryable: true })
    expect(headers.get('retry-after')).toBe('1')
    expectNoCost(bench)
  })

  it('checks the body before the scope, and the scope before it begins a run', async () => {
    const asked: string[] = []
    const store = memoryRunStore()
    const bench = openBench({
      scope: (request) => {
        asked.push('scope')
        return request.headers.get('x-user') ?? ''
      },
      store: { store: { ...store, begin: (run, options) => (asked.push('begin'), store.begin(run, options)) } },
    })
    await bench.send('POST', path, { body: { question: '' } })
    expect(asked).toEqual([])
    await bench.send('POST', path, { body: QUESTION })
    expect(asked).toEqual(['scope', 'begin'])
  })

  it.each([
    ['the history does not take the question', 'beginTurn'],
    ['the history does not give the conversation', 'load'],
    ['the run store does not begin the run', 'begin'],
  ])('F32: answers 503 and calls no model when %s, at once or after the time limit', async (_name, method) => {
    await expectUnavailable(path, method, () => fail())
    const reached = Promise.withResolvers<void>()
    const clock = manualClock()
    const answered = expectUnavailable(path, method, () => (reached.resolve(), new Promise(() => {})), clock)
    await reached.promise
    await clock.advance(5_000)
    await answered
  })

  it('releases the thread when the history failed, so that the same request may be repeated', async () => {
    const history = memoryHistoryStore()
    let down = true
    const beginTurn: HistoryStore['beginTurn'] = (turn, options) => (down ? fail() : history.beginTurn(turn, options))
    const bench = openBench({ history: { ...history, beginTurn } })
    const body = { ...QUESTION, threadId: 'cats', runId: RUN_ID }
    expect((await bench.send('POST', path, { body })).status).toBe(503)
    down = false
    expect((await bench.send('POST', path, { body })).status).toBeLessThan(300)
  })

  it('sends nothing to a client that left while its question was queued', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They sleep', { gate }, FINISH])
    const bench = openBench({ store: { onThreadBusy: 'queue' }, model })
    const first = bench.ask({ ...QUESTION, threadId: 'cats' })
    await gate.reached()
    const controller = new AbortController()
    const context = { signal: controller.signal }
    const waiting = bench.send('POST', path, { body: { ...QUESTION, threadId: 'cats' }, context })
    controller.abort()
    expect((await waiting).status).toBe(499)
    expect(bench.errors).toEqual([])
    gate.open()
    await first
  })
})

/** Asks a question while one method of a store fails. */
async function expectUnavailable(path: string, method: string, work: () => Promise<never>, clock?: Clock) {
  const time = clock && { clock }
  const bench = openBench({
    history: { ...memoryHistoryStore(), ...(method !== 'begin' && { [method]: work }) },
    store: { ...time, store: { ...memoryRunStore(), ...(method === 'begin' && { begin: work }) } },
    answering: { ...time },
  })
  const { status, error, headers } = await bench.send('POST', path, { body: QUESTION })
  expect(status).toBe(503)
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(headers.get('retry-after')).toBe('1')
  expectNoCost(bench)
  expect(bench.errors.map(({ code }) => code)).toEqual(['store-unavailable'])
}

function expectNoCost({ model }: Pick<Bench, 'model'>): void {
  expect(model.calls, 'calls of the model').toEqual([])
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
}

function broken(piece: Uint8Array): ReadableStream<Uint8Array> {
  const pieces = [piece]
  return new ReadableStream({
    pull(controller) {
      const next = pieces.shift()
      if (next) controller.enqueue(next)
      else controller.error(secretError())
    },
  })
}

function endlessBody(size: number) {
  let pulls = 0
  const cancelled = Promise.withResolvers<boolean>()
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1
      controller.enqueue(new Uint8Array(size).fill(0x20))
    },
    cancel: () => cancelled.resolve(true),
  })
  return { stream, pulls: () => pulls, cancelled: cancelled.promise }
}
