import { Hono, type Context } from 'hono'
import { describe, expect, it } from 'vitest'
import { honoChat } from '../../src/hono.ts'
import { createChatHandler, type ChatHandler } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'

describe('honoChat', () => {
  it.each([
    ['at the root', new Hono().all('*', honoChat(createHandler())), '/chat'],
    ['below a path', new Hono().all('/api/*', honoChat(createHandler())), '/api/chat'],
    ['below a parameter', new Hono().all('/:tenant/api/*', honoChat(createHandler())), '/a%20b/api/chat'],
    [
      'in an application inside another one',
      new Hono().route('/v1', new Hono().all('/api/*', honoChat(createHandler()))),
      '/v1/api/chat',
    ],
    ['in an application with a base path', new Hono().basePath('/v1').all('/*', honoChat(createHandler())), '/v1/chat'],
    ['as a middleware', new Hono().use('/api/*', honoChat(createHandler())), '/api/chat'],
  ])('works when it is mounted %s', async (_name, app, path) => {
    const response = await post(app, path)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('event: done')
  })

  it('accepts a body that a validator has read', async () => {
    const app = new Hono()
    app.use(async ({ req }, next) => {
      await req.json().catch(() => undefined)
      await next()
    })
    app.all('/api/*', honoChat(createHandler()))
    expect((await post(app, '/api/chat')).status).toBe(200)
    for (const body of ['{', '', 'null'])
      expect([body, (await post(app, '/api/chat', { body })).status]).toEqual([body, 400])
  })

  it('keeps a worker alive for work after the response', async () => {
    const work: Promise<unknown>[] = []
    const context = {
      waitUntil: (promise: Promise<unknown>) => void work.push(promise),
      passThroughOnException() {},
      props: {},
    }
    const app = new Hono().all('*', honoChat(createHandler()))
    const request = new Request('http://localhost/chat', { method: 'POST', headers: JSON_TYPE, body: QUESTION })
    const response = await app.fetch(request, {}, context)
    await response.text()
    expect(work).toHaveLength(1)
    await Promise.all(work)
  })

  it('calls a scope middleware only for routes that need it', async () => {
    type Env = { Variables: { user: string } }
    const asked: string[] = []
    const scope = async (context: Context<Env>) => {
      asked.push(`${context.get('user')} ${context.req.path}`)
      return context.get('user')
    }
    const app = new Hono<Env>()
    app.use((context, next) => {
      context.set('user', 'ann')
      return next()
    })
    app.all('/api/*', honoChat(createHandler(undefined, refuse), { scope }))
    app.get('/api/other', ({ text }) => text('another route'))
    for (const path of ['/api/runs', '/api/other', '/api/openapi.json']) {
      expect([path, (await app.request(path)).status]).toEqual([path, 200])
    }
    expect(asked).toEqual(['ann /api/runs'])
  })

  it.each([
    ['is sent as it is, when it is a response', refuse, 401],
    ['is a 500, when it is an error', () => Promise.reject(new Error('broken')), 500],
  ])('handles a value thrown by scope, which %s, and passes no error to Hono', async (_name, scope, status) => {
    const heard: unknown[] = []
    const app = new Hono().all('*', honoChat(createHandler(), { scope }))
    app.onError((error, context) => {
      heard.push(error)
      return context.text('broken')
    })
    expect((await app.request('/runs')).status).toBe(status)
    expect(heard).toEqual([])
  })

  it('passes the signal of the request to the handler', async () => {
    const stop = new AbortController()
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const app = new Hono().all('/api/*', honoChat(createHandler(model)))
    const response = post(app, '/api/chat', {
      headers: { ...JSON_TYPE, accept: 'application/json' },
      signal: stop.signal,
    })
    await new Promise<void>((resolve) => {
      const look = () => (model.calls.length > 0 ? resolve() : void setImmediate(look))
      look()
    })
    stop.abort()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await response
  })
})

const QUESTION = '{"question":"Why?"}'

const JSON_TYPE = { 'content-type': 'application/json' }

function post(app: Hono, path: string, init: RequestInit = {}): Promise<Response> {
  return Promise.resolve(app.request(path, { method: 'POST', headers: JSON_TYPE, body: QUESTION, ...init }))
}

function refuse(): never {
  throw new Response(null, { status: 401 })
}

function createHandler(
  model = scriptedChatModel(['Hello', { type: 'finish' }]),
  scope = () => 'everybody',
): ChatHandler {
  return createChatHandler({ model, retriever: fakeRetriever(['It is so.']), scope })
}
