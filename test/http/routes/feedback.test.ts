import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import type { FeedbackNote } from '../../../src/server.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openBench, secretError, type Ask, type Bench, type BenchOptions } from '../support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const OTHER_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a002'
const PATH = `/runs/${RUN_ID}/feedback`

/** A bench with an answered question in the thread `cats`, and the notes that `onFeedback` gets. */
async function openAnswered(options: BenchOptions = {}) {
  const notes: FeedbackNote[] = []
  const bench = openBench({ onFeedback: (note) => void notes.push(note), ...options })
  await bench.ask({ question: 'How long?', threadId: 'cats', runId: RUN_ID })
  return { bench, notes }
}

/** The feedback of each turn of the thread `cats`. */
async function feedbackOf(bench: Bench, ask: Ask = {}): Promise<readonly unknown[]> {
  const { json } = await bench.send('GET', '/threads/cats', ask)
  return (json['turns'] as readonly { readonly feedback?: unknown }[]).map(({ feedback }) => feedback)
}

describe('PUT /runs/{runId}/feedback', () => {
  it('R27: stores feedback with the turn, and replaces it', async () => {
    const { bench } = await openAnswered()
    expect(await feedbackOf(bench)).toEqual([undefined])
    for (const feedback of [
      { rating: 'down', comment: 'It is 12.\n猫 "quoted" \\ %_ 😀' },
      { rating: 'up' },
      { rating: 'down', comment: '😀'.repeat(1_000) },
    ]) {
      const { status, json } = await bench.send('PUT', PATH, { body: feedback })
      expect([status, json]).toEqual([200, feedback])
      expect(await feedbackOf(bench)).toEqual([feedback])
    }
  })

  it('R27: stores no blank comment, and repairs an unpaired surrogate', async () => {
    const { bench } = await openAnswered()
    for (const comment of ['', ' \n\t']) {
      expect((await bench.send('PUT', PATH, { body: { rating: 'up', comment } })).json).toEqual({ rating: 'up' })
    }
    const broken = await bench.send('PUT', PATH, { body: '{"rating":"up","comment":"a\\ud83d"}' })
    expect(broken.json).toEqual({ rating: 'up', comment: 'a\ufffd' })
    expect(await feedbackOf(bench)).toEqual([broken.json])
  })

  it.each<readonly [string, unknown, string]>([
    ['another rating', { rating: 'good' }, 'rating'],
    ['a rating of another type', { rating: 1 }, 'rating'],
    ['a list of ratings', { rating: ['up'] }, 'rating'],
    ['a rating of null', { rating: null }, 'rating'],
    ['no rating', { comment: 'Good' }, 'rating'],
    ['a comment of 3,000 units', { rating: 'up', comment: 'x'.repeat(3_000) }, 'comment'],
    ['a comment of 2,001 units', { rating: 'up', comment: `${'😀'.repeat(1_000)}x` }, 'comment'],
    ['a comment with NUL', { rating: 'up', comment: 'a\0b' }, 'comment'],
    ['a comment of null', { rating: 'up', comment: null }, 'comment'],
    ['a comment of another type', { rating: 'up', comment: { text: 'x' } }, 'comment'],
    ['another field', { rating: 'up', score: 1 }, 'score'],
    ['a field of another place', { rating: 'up', threadId: 'cats' }, 'threadId'],
    ['the name of a prototype', '{"rating":"up","__proto__":{}}', '__proto__'],
    ['a list', [{ rating: 'up' }], 'body'],
    ['a string', '"up"', 'body'],
    ['null', 'null', 'body'],
    ['JSON that is cut', '{"rating":"up"', 'body'],
    ['no body', '', 'body'],
  ])('R27: refuses %s with 400 and changes nothing', async (_what, body, field) => {
    const { bench, notes } = await openAnswered()
    await bench.send('PUT', PATH, { body: { rating: 'down' } })
    const { status, error } = await bench.send('PUT', PATH, { body })
    expect([status, error.code, error.field]).toEqual([400, 'invalid-input', field])
    expect(error.message).toMatch(/^Cannot /u)
    expect(await feedbackOf(bench)).toEqual([{ rating: 'down' }])
    expect(notes).toHaveLength(1)
  })

  it('R6, R27: refuses another type of body with 415, and a too long one with 413', async () => {
    const { bench } = await openAnswered({ maxBodyBytes: 500 })
    const headers = { 'content-type': 'text/plain' }
    expect((await bench.send('PUT', PATH, { body: '{"rating":"up"}', headers })).status).toBe(415)
    const body = { rating: 'up', comment: 'x'.repeat(500) }
    expect((await bench.send('PUT', PATH, { body })).status).toBe(413)
  })

  it.each(['no-uuid', '__proto__', '%2e%2e%2fchat', OTHER_ID])(
    'R27: answers 404 for the unknown run %s',
    async (runId) => {
      const { bench, notes } = await openAnswered()
      const put = await bench.send('PUT', `/runs/${runId}/feedback`, { body: { rating: 'up' } })
      const removed = await bench.send('DELETE', `/runs/${runId}/feedback`)
      for (const { status, error } of [put, removed]) expect([status, error.code]).toEqual([404, 'not-found'])
      expect([notes, bench.errors]).toEqual([[], []])
    },
  )

  it.each(['%00', 'x'.repeat(257), '%zz'])('R11, R27: refuses the run %s with 400', async (runId) => {
    const { bench } = await openAnswered()
    const { status } = await bench.send('PUT', `/runs/${runId}/feedback`, { body: { rating: 'up' } })
    expect([status, (await bench.send('DELETE', `/runs/${runId}/feedback`)).status]).toEqual([400, 400])
  })

  it('R27: answers 404 while the run goes on, and 200 after its end', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask({ question: 'How long?', threadId: 'cats', runId: RUN_ID })
    await gate.reached()
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(404)
    expect((await bench.send('DELETE', PATH)).status).toBe(404)
    gate.open()
    await asked
    expect(await feedbackOf(bench)).toEqual([undefined])
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(200)
  })

  it('R4, R27: begins a regenerated turn without feedback, and the replaced one is unknown', async () => {
    const { bench } = await openAnswered()
    await bench.send('PUT', PATH, { body: { rating: 'down' } })
    await bench.ask({ question: 'How long?', threadId: 'cats', runId: OTHER_ID, replaces: RUN_ID })
    expect(await feedbackOf(bench)).toEqual([undefined])
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(404)
    await bench.send('PUT', `/runs/${OTHER_ID}/feedback`, { body: { rating: 'up' } })
    expect(await feedbackOf(bench)).toEqual([{ rating: 'up' }])
  })
})

describe('DELETE /runs/{runId}/feedback', () => {
  it('R27: removes feedback, and may be repeated', async () => {
    const { bench } = await openAnswered()
    await bench.send('PUT', PATH, { body: { rating: 'down', comment: 'No' } })
    for (const _again of [1, 2]) {
      expect(await bench.send('DELETE', PATH)).toMatchObject({ status: 204, text: '' })
      expect(await feedbackOf(bench)).toEqual([undefined])
    }
  })
})

describe('onFeedback', () => {
  it('is called once for each change, with the turn', async () => {
    const { bench, notes } = await openAnswered()
    const { json } = await bench.send('GET', '/threads/cats')
    const [{ messageId, result }] = json['turns'] as readonly [Record<string, unknown>]
    const turn = { scope: 'alice', threadId: 'cats', runId: RUN_ID, messageId, question: 'How long?', result }
    const bodies = [{ rating: 'down', comment: 'No' }, { rating: 'down', comment: 'No' }, { rating: 'up' }]
    for (const body of bodies) await bench.send('PUT', PATH, { body })
    for (const _again of [1, 2]) await bench.send('DELETE', PATH)
    expect(notes).toEqual([{ ...turn, rating: 'down', comment: 'No' }, { ...turn, rating: 'up' }, turn])
  })

  it('is called once for several equal requests at the same time', async () => {
    const { bench, notes } = await openAnswered()
    await Promise.all(Array.from({ length: 5 }, () => bench.send('PUT', PATH, { body: { rating: 'up' } })))
    expect(notes).toMatchObject([{ rating: 'up' }])
  })

  it('cannot break the response by throwing, rejecting or never ending', async () => {
    const faults = [() => Promise.reject(secretError()), () => new Promise<void>(() => {}), throwSecret]
    for (const onFeedback of faults) {
      const { bench } = await openAnswered({ onFeedback })
      expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(200)
      expect((await bench.send('DELETE', PATH)).status).toBe(204)
    }
  })

  it('is reported to the runtime as work that outlives the response', async () => {
    const gate = createGate()
    const { bench } = await openAnswered({ onFeedback: () => gate.pass() })
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) }
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' }, context })).status).toBe(200)
    expect(work).toHaveLength(1)
    gate.open()
    await work[0]
  })

  it('rejects a rejecting hook nowhere else', async () => {
    const { bench } = await openAnswered({ onFeedback: () => Promise.reject(secretError()) })
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) }
    await bench.send('PUT', PATH, { body: { rating: 'up' }, context })
    expect(await Promise.allSettled(work)).toEqual([{ status: 'fulfilled', value: undefined }])
  })

  it.each([7, 'log', {}, null])('must be a function, and not %j', (onFeedback) => {
    const wrong = expect.objectContaining({ code: 'invalid-input', field: 'onFeedback' })
    expect(() => openBench({ onFeedback: onFeedback as never })).toThrow(wrong)
  })
})

describe('feedback in another scope', () => {
  it('R13, R27: looks like feedback on an unknown run', async () => {
    const { bench, notes } = await openAnswered()
    await bench.send('PUT', PATH, { body: { rating: 'up' } })
    for (const [method, body] of [['PUT', { rating: 'down' }] as const, ['DELETE', undefined] as const]) {
      const foreign = await bench.send(method, PATH, { as: 'bob', body })
      const unknown = await bench.send(method, `/runs/${OTHER_ID}/feedback`, { as: 'bob', body })
      expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
      expect([...foreign.headers]).toEqual([...unknown.headers])
    }
    expect(await feedbackOf(bench)).toEqual([{ rating: 'up' }])
    expect(notes).toHaveLength(1)
  })

  it('R27: needs the scope that the application gives', async () => {
    const history = memoryHistoryStore()
    await openAnswered({ history })
    const bench = openBench({
      history,
      scope() {
        throw new Response(null, { status: 401 })
      },
    })
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(401)
    expect((await bench.send('DELETE', PATH)).status).toBe(401)
  })
})

describe('feedback without a history, or with one that cannot store it', () => {
  const methods = [['PUT', { rating: 'up' }] as const, ['DELETE', undefined] as const]

  it.each(methods)('R27: %s is 404 without a history', async (method, body) => {
    const { status, error } = await openBench({ history: undefined }).send(method, PATH, { body })
    expect([status, error.code]).toEqual([404, 'not-found'])
  })

  it.each(methods)('R28: %s is 405 with an empty Allow if the history has no setFeedback', async (method, body) => {
    const { setFeedback: _setFeedback, ...history } = memoryHistoryStore()
    const { bench, notes } = await openAnswered({ history })
    const { status, headers, error } = await bench.send(method, PATH, { body })
    expect([status, headers.get('allow'), error.field]).toEqual([405, '', 'method'])
    expect(error.message).toContain('setFeedback')
    expect([await feedbackOf(bench), notes, bench.errors]).toEqual([[undefined], [], []])
  })

  it.each(methods)('%s is 503 when the history is down, and no change is reported', async (method, body) => {
    const history: HistoryStore = { ...memoryHistoryStore(), setFeedback: () => Promise.reject(secretError()) }
    const { bench, notes } = await openAnswered({ history })
    const { status, error } = await bench.send(method, PATH, { body })
    expect([status, error.code]).toEqual([503, 'store-unavailable'])
    expect([bench.errors.length, notes]).toEqual([1, []])
  })

  it.each(['rename', 'setFeedback'])('refuses a history whose %s is no function', (method) => {
    const history = { ...memoryHistoryStore(), [method]: true } as never
    const wrong = expect.objectContaining({ code: 'invalid-input', field: `history.${method}` })
    expect(() => openBench({ history })).toThrow(wrong)
  })

  it('is 404 for a turn whose result cannot be read', async () => {
    const memory = memoryHistoryStore()
    const history: HistoryStore = {
      ...memory,
      async setFeedback(run, options) {
        const outcome = await memory.setFeedback?.(run, options)
        if (!outcome) return undefined
        const { result: _result, ...turn } = outcome.turn
        return { ...outcome, turn }
      },
    }
    const { bench, notes } = await openAnswered({ history })
    expect((await bench.send('PUT', PATH, { body: { rating: 'up' } })).status).toBe(404)
    expect(notes).toEqual([])
  })
})

function throwSecret(): never {
  throw secretError()
}
