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

describe('GET /threads?search=', () => {
  it('R25: lists only the threads whose title contains the text, in any case and form', async () => {
    const bench = openBench()
    const titles = ['Straße nach İzmir', '100 % sure', 'snake_case', 'About CATS', 'שלום 😀']
    for (const [index, question] of titles.entries()) await bench.ask({ question, threadId: `t${index}` })
    await bench.ask({ question: 'About cats of bob', threadId: 'of bob' }, { as: 'bob' })
    for (const [search, expected] of [
      ['STRASSE', ['t0']],
      ['izmir', ['t0']],
      ['%', ['t1']],
      ['_', ['t2']],
      [' cats ', ['t3']],
      ['😀', ['t4']],
      ['A', ['t3', 't2', 't0']],
      ['nothing', []],
    ] as const) {
      const { status, json } = await bench.send('GET', `/threads?search=${encodeURIComponent(search)}`)
      expect([search, status]).toEqual([search, 200])
      expect((json['threads'] as { threadId: string }[]).map(({ threadId }) => threadId)).toEqual(expected)
      expect(json).not.toHaveProperty('before')
    }
  })

  it('R22, R25: lists what it finds page by page', async () => {
    const bench = openBench()
    for (const threadId of ['one', 'two', 'three', 'four']) {
      await bench.ask({ question: threadId === 'two' ? 'About dogs?' : 'About cats?', threadId })
    }
    const first = await bench.send('GET', '/threads?search=cats&limit=2')
    expect(first.json).toMatchObject({ threads: [{ threadId: 'four' }, { threadId: 'three' }] })
    const second = await bench.send('GET', `/threads?search=cats&limit=2&before=${String(first.json['before'])}`)
    expect(second.json).toEqual({ threads: [expect.objectContaining({ threadId: 'one' })] })
  })

  it.each([
    ['', 'blank'],
    ['   ', 'blank'],
    ['\u200b\u2060', 'blank'],
    ['x'.repeat(257), '257'],
    ['😀'.repeat(129), '258'],
    ['a\nb', 'line break'],
    ['a\0b', 'control'],
    ['a\u2028b', 'line break'],
  ])('R25: refuses the search %j with 400', async (search, words) => {
    const { status, error } = await openBench().send('GET', `/threads?search=${encodeURIComponent(search)}`)
    expect([status, error.code, error.field]).toEqual([400, 'invalid-input', 'search'])
    expect(error.message).toContain(words)
  })

  it('R25: passes the text to the store, without the space around it', async () => {
    const searches: unknown[] = []
    const history = memoryHistoryStore()
    const bench = openBench({
      history: {
        ...history,
        list: (scope, options) => (searches.push('search' in options && options.search), history.list(scope, options)),
      },
    })
    for (const query of ['', '?search=%20cats%20', `?search=${'x'.repeat(256)}`]) {
      await bench.send('GET', `/threads${query}`)
    }
    expect(searches).toEqual([false, 'cats', 'x'.repeat(256)])
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

describe('PATCH /threads/{threadId}', () => {
  it('R26: sets the title, by which the thread is then found', async () => {
    const bench = openBench()
    await bench.ask({ question: 'About cats?', threadId: 'one' })
    await bench.ask({ question: 'About dogs?', threadId: 'two' })
    const before = (await bench.send('GET', '/threads')).json
    const { status, json } = await bench.send('PATCH', '/threads/one', { body: { title: ' "Félins" 😀 %_\\ ' } })
    expect([status, json]).toEqual([200, { threadId: 'one', title: '"Félins" 😀 %_\\' }])
    const after = (await bench.send('GET', '/threads')).json
    const [dogs, cats] = before['threads'] as readonly [object, object]
    expect(after).toEqual({ threads: [dogs, { ...cats, title: '"Félins" 😀 %_\\' }] })
    expect((await bench.send('GET', '/threads?search=FÉLINS')).json).toMatchObject({ threads: [{ threadId: 'one' }] })
    expect((await bench.send('GET', '/threads?search=cats')).json).toEqual({ threads: [] })
    expect((await bench.send('GET', '/threads/one')).json).toMatchObject({ turns: [{ question: 'About cats?' }] })
  })

  it('R26: keeps the title when the thread goes on', async () => {
    const bench = openBench()
    const runId = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
    await bench.ask({ question: 'Why?', threadId: 'cats', runId })
    await bench.send('PATCH', '/threads/cats', { body: { title: 'x'.repeat(200) } })
    await bench.ask({ question: 'And?', threadId: 'cats' })
    await bench.ask({ question: 'Why not?', threadId: 'cats', replaces: runId })
    expect((await bench.send('GET', '/threads')).json).toMatchObject({
      threads: [{ title: 'x'.repeat(200), turns: 2 }],
    })
  })

  it.each<readonly [string, unknown, string]>([
    ['a title of spaces', { title: '  \t ' }, 'title'],
    ['an invisible title', { title: '\u200b\u3164\u00ad' }, 'title'],
    ['an empty title', { title: '' }, 'title'],
    ['a title of 201 units', { title: 'x'.repeat(201) }, 'title'],
    ['a title of 202 units', { title: '😀'.repeat(101) }, 'title'],
    ['a title with a line break', { title: 'a\nb' }, 'title'],
    ['a title with NUL', { title: 'a\0b' }, 'title'],
    ['a title with a line separator', { title: 'a\u2028b' }, 'title'],
    ['a title with an unpaired surrogate', '{"title":"a\\ud83d"}', 'title'],
    ['a title of another type', { title: 7 }, 'title'],
    ['a title of null', { title: null }, 'title'],
    ['no title', {}, 'title'],
    ['another field', { title: 'New', updatedAt: 1 }, 'updatedAt'],
    ['a list', ['New'], 'body'],
    ['a string', '"New"', 'body'],
    ['JSON that is cut', '{"title":', 'body'],
  ])('R26: refuses %s with 400 and changes nothing', async (_what, body, field) => {
    const bench = openBench()
    await bench.ask({ question: 'Why?', threadId: 'cats' })
    const { status, error } = await bench.send('PATCH', '/threads/cats', { body })
    expect([status, error.code, error.field]).toEqual([400, 'invalid-input', field])
    expect(error.message).toMatch(/^Cannot /u)
    expect((await bench.send('GET', '/threads')).json).toMatchObject({ threads: [{ title: 'Why?' }] })
  })

  it('R6, R26: refuses another type of body with 415', async () => {
    const bench = openBench()
    const headers = { 'content-type': 'application/merge-patch' }
    expect((await bench.send('PATCH', '/threads/cats', { body: { title: 'New' }, headers })).status).toBe(415)
  })

  it('R28: is 405 if the history has no rename, and the other methods work', async () => {
    const { rename: _rename, ...history } = memoryHistoryStore()
    const bench = openBench({ history })
    await bench.ask({ question: 'Why?', threadId: 'cats' })
    const { status, headers, error } = await bench.send('PATCH', '/threads/cats', { body: { title: 'New' } })
    expect([status, headers.get('allow'), error.field]).toEqual([405, 'GET, DELETE', 'method'])
    expect(error.message).toContain('rename')
    expect((await bench.send('GET', '/threads')).json).toMatchObject({ threads: [{ title: 'Why?' }] })
    expect(bench.errors).toEqual([])
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
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { title: 'New' }],
      ['DELETE', undefined],
    ] as const) {
      const foreign = await bench.send(method, '/threads/cats', { as: 'bob', body })
      const unknown = await bench.send(method, '/threads/dogs', { as: 'bob', body })
      expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
      expect([...foreign.headers]).toEqual([...unknown.headers])
    }
    const before = (await bench.send('GET', '/threads?before=cats', { as: 'bob' })).json
    expect(before).toEqual((await bench.send('GET', '/threads?before=dogs', { as: 'bob' })).json)
    expect((await bench.send('GET', '/threads?search=why', { as: 'bob' })).json).toEqual({ threads: [] })
    expect((await bench.send('GET', '/threads')).json).toMatchObject({ threads: [{ title: 'Why?' }] })
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
    ['GET', '/threads?search=why'],
    ['GET', '/threads/cats'],
    ['PATCH', '/threads/cats'],
    ['DELETE', '/threads/cats'],
  ])('%s %s is 404 without a history, and stops no run', async (method, path) => {
    const gate = createGate()
    const bench = openBench({
      history: undefined,
      model: scriptedChatModel(['They sleep', { gate }, FINISH]),
    } as never)
    const asked = bench.ask({ question: 'Why?', threadId: 'cats' })
    await gate.reached()
    const { status, error } = await bench.send(method, path, method === 'PATCH' ? { body: { title: 'New' } } : {})
    expect([status, error.code]).toEqual([404, 'not-found'])
    gate.open()
    expect((await (await asked).events()).at(-1)).toMatchObject({ finishReason: 'stop' })
  })

  it.each([
    ['GET', '/threads', 'list'],
    ['GET', '/threads/cats', 'load'],
    ['PATCH', '/threads/cats', 'rename'],
    ['DELETE', '/threads/cats', 'delete'],
  ])(
    '%s %s is 503 when the history is down, and the cause is reported to the developer',
    async (method, path, call) => {
      const history = { ...memoryHistoryStore(), [call]: () => Promise.reject(secretError()) }
      const bench = openBench({ history })
      const body = method === 'PATCH' ? { title: 'New' } : undefined
      const { status, error, headers } = await bench.send(method, path, { body })
      expect([status, error.code, headers.get('retry-after')]).toEqual([503, 'store-unavailable', '1'])
      expect(bench.errors).toHaveLength(1)
    },
  )
})
