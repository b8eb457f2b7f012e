import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { CANARY, openBench, secretError } from '../support/bench.ts'

const JSON_ONLY = { headers: { accept: 'application/json' } }

describe('routes', () => {
  it.each([
    '/',
    '/chats',
    '/chat/',
    '//chat',
    '/CHAT',
    '/%63hat',
    '/runs/',
    '/runs//events',
    '/runs/a/b/events',
    '/threads/',
  ])('R12: answers 404 to %s', async (path) => {
    const { status, error, headers } = await openBench().send('GET', path)
    expect(status).toBe(404)
    expect(error).toMatchObject({ code: 'not-found' })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['GET', '/chat', 'POST'],
    ['HEAD', '/chat', 'POST'],
    ['OPTIONS', '/runs', 'GET, POST'],
    ['PUT', '/threads/cats', 'GET, PATCH, DELETE'],
    ['GET', '/runs/a/feedback', 'PUT, DELETE'],
    ['HEAD', '/runs/a/events', 'GET'],
    ['GET', '/runs/a/stop', 'POST'],
    ['POST', '/openapi.json', 'GET'],
  ])('R12: answers 405 to %s %s with the allowed methods, without calling scope', async (method, path, allow) => {
    const bench = openBench({ scope: () => Promise.reject(secretError()) })
    const { status, headers } = await bench.send(method, path)
    expect([status, headers.get('allow')]).toEqual([405, allow])
    expect(bench.errors).toEqual([])
  })

  it.each(['/api', '/api/', '/a/../api', '/für'])(
    'answers below the base path %s, and on no other path',
    async (basePath) => {
      const bench = openBench({ basePath: new URL(basePath, 'http://localhost').pathname })
      const base = new URL(basePath, 'http://localhost').pathname.replace(/\/$/u, '')
      expect((await bench.send('GET', `${base}/runs`)).json).toEqual({ runs: [] })
      for (const path of ['/runs', `${base}runs`, `${base}/api/runs`, base]) {
        expect((await bench.handler(new Request(`http://localhost${path}`))).status).toBe(404)
      }
    },
  )

  it.each([
    ['POST', '/api/chat', 400],
    ['POST', '/a/b/c/d/chat', 400],
    ['POST', '/de/chat/chat', 400],
    ['GET', '/api/runs', 200],
    ['GET', '/api/runs/ID/events', 410],
    ['POST', '/api/runs/ID/stop', 200],
    ['POST', '/runs/runs/ID/stop', 200],
    ['GET', '/api/threads', 200],
    ['GET', '/api/openapi.json', 200],
    // The longest matching suffix wins.
    ['POST', '/api/threads/chat', 405],
    ['GET', '/api/threads/runs', 404],
    ['GET', '/api/chat', 405],
    ['GET', '/api//chat', 404],
    ['GET', '//api/chat', 404],
    ['GET', '/api/chat/', 404],
    ['GET', '/api/runs/a/b/events', 404],
    ['GET', '/api/mychat', 404],
    ['GET', '/api/events', 404],
  ])('D4: derives its base path from the end of the URL path: %s %s is %d', async (method, path, status) => {
    const handler = openBench().handler
    const init = { method, headers: { 'content-type': 'application/json' }, ...(method === 'POST' && { body: '{}' }) }
    expect((await handler(new Request(`http://localhost${path}`, init))).status).toBe(status)
  })

  it.each([
    ['below another base path', { basePath: '/v1' }, {}],
    ['at the root', { basePath: '/' }, {}],
    ['where its server knows the mount', {}, { exactPath: true }],
  ])('D4: requires the exact path %s, and mentions basePath in the 404', async (_name, options, context) => {
    const response = await openBench(options).handler(new Request('http://localhost/api/runs'), context)
    expect([response.status, await response.json()]).toEqual([
      404,
      { code: 'not-found', message: expect.stringContaining('basePath'), retryable: false },
    ])
  })

  it.each(['a/b', 'ä ö', '%', '😀', 'a?b#c', '..%2f', '__proto__', "';--"])(
    'finds a thread by its id %s',
    async (threadId) => {
      const bench = openBench()
      expect((await bench.ask({ question: 'How long?', threadId })).status).toBe(200)
      const path = `/threads/${encodeURIComponent(threadId)}`
      expect((await bench.send('GET', path)).json).toMatchObject({ threadId })
      expect((await bench.send('DELETE', path)).status).toBe(204)
    },
  )

  it.each(['.', '..'])('rejects the thread id %s, which no path can contain', async (threadId) => {
    const { status, error } = await openBench().ask({ question: 'How long?', threadId })
    expect([status, error.field]).toEqual([400, 'threadId'])
  })

  it.each([
    ['GET', '/runs/ID/events', 'runId'],
    ['POST', '/runs/ID/stop', 'runId'],
    ['GET', '/threads/ID', 'threadId'],
    ['DELETE', '/threads/ID', 'threadId'],
  ])('rejects ids with control characters, and ids that are not valid text, at %s %s', async (method, path, field) => {
    const bench = openBench()
    for (const id of ['a%0D', 'a%0Ab', '%00', '%7F', 'x'.repeat(257)]) {
      const { status, error } = await bench.send(method, path.replace('ID', id))
      expect([status, error.code, error.field]).toEqual([400, 'invalid-input', field])
    }
    for (const id of ['%', '%zz', '%FF', '%ED%A0%80']) {
      const { status, error } = await bench.send(method, path.replace('ID', id))
      expect([status, error.code, error.field]).toEqual([400, 'invalid-input', 'path'])
    }
  })
})

describe('the function scope', () => {
  const REQUESTS = [
    ['POST', '/chat', { question: 'How long?' }],
    ['POST', '/runs', { question: 'How long?' }],
    ['GET', '/runs', undefined],
    ['GET', '/runs/a/events', undefined],
    ['POST', '/runs/a/stop', undefined],
    ['GET', '/threads', undefined],
    ['GET', '/threads/a', undefined],
    ['DELETE', '/threads/a', undefined],
  ] as const

  it.each(REQUESTS)('rejects %s %s with the response that it throws', async (method, path, body) => {
    const scope = async (): Promise<string> => {
      throw Response.json({ who: 'are you' }, { status: 401, headers: { 'www-authenticate': 'Bearer' } })
    }
    const bench = openBench({ scope })
    const { status, headers, json } = await bench.send(method, path, { body })
    expect([status, headers.get('www-authenticate'), json]).toEqual([401, 'Bearer', { who: 'are you' }])
    expect(bench.errors).toEqual([])
    expect(bench.model.calls).toEqual([])
  })

  it.each([
    ['throws', () => Promise.reject(secretError())],
    ['throws an error of ours', () => Promise.reject(new ChatError(CANARY, { code: 'not-found' }))],
    ['throws a value that is not an error', () => Promise.reject(CANARY)],
    ['returns nothing', () => undefined],
    ['returns a value that is not a string', () => 7],
    ['returns an empty text', () => ''],
    ['returns a control character', () => `${CANARY}\n`],
    ['returns a string that is too long', () => CANARY.repeat(100)],
  ])('causes a 500, reported to the developer with the cause, when it %s', async (_name, scope) => {
    const bench = openBench({ scope: scope as () => string })
    for (const [index, [method, path, body]] of REQUESTS.entries()) {
      const { status, error } = await bench.send(method, path, { body })
      expect([status, error.code, error.field]).toEqual([500, 'internal', undefined])
      expect(bench.errors).toHaveLength(index + 1)
    }
    expect(bench.errors[0]?.message).toContain('scope')
    expect(bench.model.calls).toEqual([])
  })

  it.each([
    ['a string', 'bob'],
    ['a function', () => 'bob'],
    ['a promise', async () => 'bob'],
  ])('is not called when the server passes the scope as %s', async (_name, scope) => {
    const bench = openBench({ scope: () => Promise.reject(secretError()) })
    const context = { scope }
    const body = { question: 'How long?', threadId: 'cats' }
    expect((await bench.send('POST', '/chat', { body, context })).status).toBe(200)
    expect((await bench.send('GET', '/threads/cats', { context })).status).toBe(200)
    expect((await bench.send('GET', '/threads/cats', { context: { scope: 'carol' } })).status).toBe(404)
    expect(bench.errors).toEqual([])
  })

  it.each([
    ['is empty', ''],
    ['is undefined', undefined],
    ['is not a string', 7],
    ['contains a control character', `${CANARY}\n`],
    ['is a function that returns nothing', () => undefined],
    ['is a function that throws', () => Promise.reject(secretError())],
  ])('is not used as a fallback when the scope of the server %s: 500', async (_name, scope) => {
    const bench = openBench()
    for (const [method, path, body] of REQUESTS) {
      const { status, error } = await bench.send(method, path, { body, context: { scope } as never })
      expect([status, error.code, error.field]).toEqual([500, 'internal', undefined])
    }
    expect(bench.errors).toHaveLength(REQUESTS.length)
    expect(bench.model.calls).toEqual([])
  })

  it('is called only when a route needs it, and so is that of the server', async () => {
    const bench = openBench({ scope: () => Promise.reject(secretError()) })
    const context = { scope: () => Promise.reject(secretError()) }
    expect((await bench.send('GET', '/openapi.json', { context })).status).toBe(200)
    expect((await bench.send('GET', '/nowhere', { context })).status).toBe(404)
    expect((await bench.send('GET', '/chat', { context })).status).toBe(405)
    expect(bench.errors).toEqual([])
  })

  it('tolerates an observer that throws', async () => {
    const onError = () => {
      throw secretError()
    }
    const bench = openBench({ scope: () => '', answering: { onError } })
    expect((await bench.send('GET', '/runs')).status).toBe(500)
  })
})

describe('createChatHandler', () => {
  it.each([
    ['scope', { scope: undefined }],
    ['runs.start', { runs: {} }],
    ['history.beginTurn', { history: [] }],
    ['filter', { filter: {} }],
    ['filter', { filter: null }],
    ['onDisconnect', { onDisconnect: 'continue' }],
    ['maxRuns', { maxRuns: 1 }],
    ['store', { store: {} }],
    [
      'filter',
      {
        filter: { '~standard': { validate: () => ({ value: 1 }) } },
        engine: { answer: () => [] },
        retriever: undefined,
        model: undefined,
      },
    ],
    ['basePath', { basePath: 'api' }],
    ['basePath', { basePath: 7 }],
    ['maxBodyBytes', { maxBodyBytes: 0 }],
    ['maxQuestionChars', { maxQuestionChars: -1 }],
    ['keepAliveMs', { keepAliveMs: 0 }],
    ['stallMs', { stallMs: Number.NaN }],
    ['model', { model: undefined }],
    ['topK', { topK: 0.5 }],
  ])('rejects an invalid %s at once', (field, answering) => {
    expect(() => openBench({ answering: answering as never })).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })

  it('explains the form of a filter, and to which function a misplaced option belongs', () => {
    expect(() => openBench({ answering: { filter: {} } as never })).toThrow('must be a Standard Schema')
    expect(() => openBench({ answering: { onDisconnect: 'continue' } as never })).toThrow(
      'belongs to createRunRegistry',
    )
  })

  it('takes the limit of a question from the options of the run', async () => {
    const bench = openBench({ answering: { maxQuestionChars: 3 } })
    expect((await bench.ask({ question: 'abcd' })).error).toMatchObject({ code: 'invalid-input', field: 'question' })
    expect((await bench.ask({ question: 'abc' }, JSON_ONLY)).status).toBe(200)
  })
})
