import { describe, expect, it } from 'vitest'
import { memoryHistoryStore } from '../../../src/index.ts'
import { memoryRunStore } from '../../../src/server.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openBench, secretError } from '../support/bench.ts'

describe('GET /threads', () => {
  it('R22: lists the threads of the scope, the most recent first, page by page', async () => {
    const bench = openBench()
    for (const threadId of ['one', 'two', 'three']) await bench.ask({ question: `About ${threadId}?`, threadId })
    await bench.ask({ question: 'Why?', threadId: 'of bob' }, { as: 'bob' })
    const first = await bench.send('GET', '/threads?limit=2')
    expect(first.json).toMatchObject({
      threads: [{ threadId: 'three', title: 'About three?', turns: 1 }, { threadId: 'two' }],
      before: expect.any(String),
    })
    const second = await bench.send('GET', `/threads?limit=2&before=${String(first.json['before'])}`)
    expect(second.json).toEqual({ threads: [expect.objectContaining({ threadId: 'one' })] })
  })

  it.each(['0', '-1', '1.5', 'x', '', '1e3', '%20', '1'.repeat(16)])('rejects the limit %j with 400', async (limit) => {
    for (const path of ['/threads', '/threads/cats']) {
      const { status, error } = await openBench().send('GET', `${path}?limit=${limit}`)
      expect([status, error.code, error.field]).toEqual([400, 'invalid-input', 'limit'])
    }
  })

  it.each(['', '%00', '%0A', 'x'.repeat(257)])('rejects the cursor %j with 400', async (before) => {
    const { status, error } = await openBench().send('GET', `/threads?before=${before}`)
    expect([status, error.code, error.field]).toEqual([400, 'invalid-input', 'before'])
  })

  it('R22, R23: requests at most one page of threads from the store', async () => {
    const limits: number[] = []
    const history = memoryHistoryStore()
    const bench = openBench({
      history: {
        ...history,
        list: (scope, options) => (limits.push(options.limit), history.list(scope, options)),
        load: (thread, options) => (limits.push(options.limit), history.load(thread, options)),
      },
    })
    for (const query of ['', '?limit=7', '?limit=999999999999999']) {
      await bench.send('GET', `/threads${query}`)
      await bench.send('GET', `/threads/cats${query}`)
    }
    expect(limits).toEqual([50, 100, 7, 7, 200, 1_000])
  })

  it('answers with 500 when the store gives nothing', async () => {
    const history = { ...memoryHistoryStore(), list: () => Promise.resolve(undefined as never) }
    const bench = openBench({ history })
    expect((await bench.send('GET', '/threads')).status).toBe(500)
    expect(bench.errors).toMatchObject([{ code: 'internal' }])
  })
})

describe('GET /threads/{threadId}', () => {
  it('R23: returns the turns as they were answered', async () => {
    const bench = openBench()
    const { json } = await bench.ask(
      { question: 'Why?', threadId: 'cats' },
      { headers: { accept: 'application/json' } },
    )
    const { runId, messageId, threadId, ...result } = json
    const turn = { v: 1, runId, messageId, threadId, question: 'Why?', createdAt: expect.any(Number), result }
    expect((await bench.send('GET', '/threads/cats')).json).toEqual({ threadId: 'cats', turns: [turn] })
  })

  it('R23: returns the latest turns', async () => {
    const bench = openBench()
    for (const question of ['One?', 'Two?', 'Three?']) await bench.ask({ question, threadId: 'cats' })
    const { json } = await bench.send('GET', '/threads/cats?limit=2')
    expect(json).toMatchObject({ turns: [{ question: 'Two?' }, { question: 'Three?' }] })
  })
})

describe('DELETE /threads/{threadId}', () => {
  it('R24: deletes a thread', async () => {
    const bench = openBench()
    await bench.ask({ question: 'Why?', threadId: 'cats' })
    expect(await bench.send('DELETE', '/threads/cats')).toMatchObject({ status: 204, text: '' })
    expect((await bench.send('GET', '/threads/cats')).status).toBe(404)
    expect((await bench.send('DELETE', '/threads/cats')).status).toBe(404)
  })

  it('R24: stops the active runs of the thread, and no others', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask({ question: 'Why?', threadId: 'cats' })
    const other = bench.ask({ question: 'Why?', threadId: 'dogs' })
    await gate.reached()
    expect((await bench.send('DELETE', '/threads/cats')).status).toBe(204)
    expect((await (await asked).events()).at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
    gate.open()
    expect((await (await other).events()).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', saved: true })
    expect((await bench.send('GET', '/threads/cats')).status).toBe(404)
  })

  it('waits for the runs that it stops, so that they do not restore the thread', async () => {
    const gate = createGate()
    const history = memoryHistoryStore()
    const slow = {
      ...history,
      async finishTurn(...args: Parameters<typeof history.finishTurn>) {
        await gate.pass()
        return history.finishTurn(...args)
      },
    }
    const bench = openBench({ history: slow })
    const asked = bench.ask({ question: 'Why?', threadId: 'cats' })
    await gate.reached()
    const deleted = bench.send('DELETE', '/threads/cats')
    await new Promise(setImmediate)
    expect(
      (await history.load({ scope: 'alice', threadId: 'cats' }, { limit: 9, signal: new AbortController().signal }))
        .length,
    ).toBe(1)
    gate.open()
    expect((await deleted).status).toBe(204)
    await asked
    expect((await bench.send('GET', '/threads/cats')).status).toBe(404)
  })

  it('deletes nothing when it cannot list the active runs', async () => {
    const store = { ...memoryRunStore(), list: () => Promise.reject(secretError()) }
    const bench = openBench({ store: { store } })
    await bench.ask({ question: 'Why?', threadId: 'cats' })
    expect((await bench.send('DELETE', '/threads/cats')).status).toBe(503)
    expect((await bench.send('GET', '/threads/cats')).status).toBe(200)
  })
})

describe('threads of another scope', () => {
  it('F49, R13: look like unknown threads', async () => {
    const bench = openBench()
    await bench.ask({ question: 'Why?', threadId: 'cats' })
    for (const method of ['GET', 'DELETE']) {
      const foreign = await bench.send(method, '/threads/cats', { as: 'bob' })
      const unknown = await bench.send(method, '/threads/dogs', { as: 'bob' })
      expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
      expect([...foreign.headers]).toEqual([...unknown.headers])
    }
    const before = (await bench.send('GET', '/threads?before=cats', { as: 'bob' })).json
    expect(before).toEqual((await bench.send('GET', '/threads?before=dogs', { as: 'bob' })).json)
    expect((await bench.send('GET', '/threads/cats')).status).toBe(200)
  })

  it('F49: do not block a thread with the same id', async () => {
    const bench = openBench()
    await bench.ask({ question: 'Of alice?', threadId: 'cats' })
    await bench.ask({ question: 'Of bob?', threadId: 'cats' }, { as: 'bob' })
    const { json } = await bench.send('GET', '/threads/cats', { as: 'bob' })
    expect(json).toMatchObject({ turns: [{ question: 'Of bob?' }] })
    expect(json['turns']).toHaveLength(1)
    expect(JSON.stringify(bench.model.calls[1]?.request.messages)).not.toContain('Of alice?')
  })
})

describe('threads without a history, or with one that is down', () => {
  it.each([
    ['GET', '/threads'],
    ['GET', '/threads/cats'],
    ['DELETE', '/threads/cats'],
  ])('%s %s is 404 without a history, and stops no run', async (method, path) => {
    const gate = createGate()
    const bench = openBench({
      history: undefined,
      model: scriptedChatModel(['They sleep', { gate }, FINISH]),
    } as never)
    const asked = bench.ask({ question: 'Why?', threadId: 'cats' })
    await gate.reached()
    const { status, error } = await bench.send(method, path)
    expect([status, error.code]).toEqual([404, 'not-found'])
    gate.open()
    expect((await (await asked).events()).at(-1)).toMatchObject({ finishReason: 'stop' })
  })

  it.each([
    ['GET', '/threads', 'list'],
    ['GET', '/threads/cats', 'load'],
    ['DELETE', '/threads/cats', 'delete'],
  ])(
    '%s %s is 503 when the history is down, and the cause is reported to the developer',
    async (method, path, call) => {
      const history = { ...memoryHistoryStore(), [call]: () => Promise.reject(secretError()) }
      const bench = openBench({ history })
      const { status, error, headers } = await bench.send(method, path)
      expect([status, error.code, headers.get('retry-after')]).toEqual([503, 'store-unavailable', '1'])
      expect(bench.errors).toHaveLength(1)
    },
  )
})
