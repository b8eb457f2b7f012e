import { createServer } from 'node:http'
import express, { type ErrorRequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, it } from 'vitest'
import { expressChat } from '../../src/express.ts'
import { createChatHandler, type ChatHandler } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { openConnection } from '../sinks/support/clients.ts'
import { run } from '../sinks/support/servers.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('expressChat in %s', (_name, framework) => {
  it('accepts a body that a parser has read, and reads an unparsed one', async () => {
    await using site = await serve((app) => {
      app.use(framework.json({ type: 'application/json' }), expressChat(createHandler()))
    })
    for (const type of ['application/json', 'application/vnd.app+json']) {
      const { status } = await site.send({ headers: { 'content-type': type } })
      expect([type, status]).toEqual([type, 200])
    }
    const missing = await site.send({ body: '', headers: { 'content-type': 'application/json' } })
    expect(missing.status).toBe(400)
  })

  it('rejects a parsed form, because any page can submit one in the name of its visitor', async () => {
    await using site = await serve((app) => {
      app.use(framework.urlencoded({ extended: false }), expressChat(createHandler()))
    })
    expect((await site.send({ body: 'question=Why', headers: FORM })).status).toBe(415)
  })

  it('passes on the error of a handler that is not ours', async () => {
    const heard: unknown[] = []
    const failure = new Error('broken')
    await using site = await serve((app) => {
      app.use(expressChat(() => Promise.reject(failure)))
      const onError: ErrorRequestHandler = (error, _request, response, _next) => {
        heard.push(error)
        response.status(500).end()
      }
      app.use(onError)
    })
    expect((await site.send()).status).toBe(500)
    expect(heard).toEqual([failure])
  })

  it('calls a scope middleware only for routes that need it', async () => {
    const asked: string[] = []
    await using site = await serve((app) => {
      const login: express.RequestHandler = (request, _response, next) => {
        Object.assign(request, { user: 'ann' })
        next()
      }
      const scope = ({ user, url }: express.Request & { readonly user: string }) => {
        asked.push(`${user} ${url}`)
        return user
      }
      app.use('/api', login, expressChat(createHandler(refuse), { scope }))
      app.get('/api/other', (_request, response) => void response.send('another route'))
    })
    for (const path of ['/api/runs', '/api/other', '/api/openapi.json']) {
      expect([path, (await site.send({ method: 'GET', path })).status]).toEqual([path, 200])
    }
    expect(asked).toEqual(['ann /runs'])
  })

  it.each([
    ['is sent as it is, when it is a response', refuse, 401],
    ['is a 500, when it is an error', () => Promise.reject(new Error('broken')), 500],
  ])('handles a value thrown by scope, which %s, and passes no error to Express', async (_name, scope, status) => {
    const heard: unknown[] = []
    await using site = await serve((app) => {
      app.use(expressChat(createHandler(), { scope }))
      const onError: ErrorRequestHandler = (error, _request, response, _next) => {
        heard.push(error)
        response.end()
      }
      app.use(onError)
    })
    expect((await site.send({ method: 'GET', path: '/runs' })).status).toBe(status)
    expect(heard).toEqual([])
  })

  it('cannot be reached by a path that avoids a guard', async () => {
    await using site = await serve((app) => {
      app.use('/api/runs', (_request, response) => void response.status(403).end())
      app.use('/api', expressChat(createHandler()))
    })
    for (const path of [
      '/api/runs',
      '/api/runs/',
      '/api/RUNS',
      '/api/x/../runs',
      '/api/%2e%2e/api/runs',
      '/api/x\\..\\runs',
    ]) {
      expect([path, (await site.send({ method: 'GET', path })).status]).not.toEqual([path, 200])
    }
  })

  async function serve(prepare: (app: express.Express) => void) {
    const app = framework()
    prepare(app)
    const server = await run(createServer(app), { outcomes: [] })
    const connection = openConnection({ http2: false }, server)
    return {
      async send(request?: Parameters<typeof connection.send>[0]) {
        const { status, body } = await connection.send(request)
        for await (const _piece of body);
        return { status }
      },
      async [Symbol.asyncDispose]() {
        await connection[Symbol.asyncDispose]()
        await server[Symbol.asyncDispose]()
      },
    }
  }
})

function refuse(): never {
  throw new Response(null, { status: 401 })
}

function createHandler(scope = () => 'everybody'): ChatHandler {
  return createChatHandler({
    model: scriptedChatModel(['Hello', { type: 'finish' }]),
    retriever: fakeRetriever(['It is so.']),
    scope,
  })
}
