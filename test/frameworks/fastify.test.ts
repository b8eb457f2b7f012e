import { once } from 'node:events'
import { Transform } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { fastifyChat } from '../../src/fastify.ts'
import { createChatHandler, type ChatHandler } from '../../src/server.ts'
import {
  createGate,
  fakeRetriever,
  openRawClient,
  scriptedChatModel,
  type ScriptedChatModel,
} from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { ask } from '../sinks/support/clients.ts'

describe('fastifyChat', () => {
  it('runs every hook for a stream, in the usual order', async () => {
    const heard: string[] = []
    await using site = await serve(scriptedChatModel(['Hello', { type: 'finish' }]), (app) => {
      for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onResponse'] as const) {
        app.addHook(hook, async () => void heard.push(hook))
      }
      app.addHook('onSend', async (_request, reply, payload) => {
        reply.header('x-late', 'yes')
        return payload
      })
    })
    using client = await ask({ http2: false }, site)
    expect((await client.head()).headers.get('x-late')).toBe('yes')
    expect(await client.ended()).toBe('complete')
    await eventually(() => expect(heard.at(-1)).toBe('onResponse'))
    expect(heard).toEqual(['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onResponse'])
  })

  it('streams the replacement that a hook has made of a stream', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['one', { gate }, 'two', { type: 'finish' }])
    await using site = await serve(model, (app) => {
      app.addHook('onSend', async (_request, _reply, payload) => {
        const upper = new Transform({
          transform: (piece, _encoding, done) => done(null, String(piece).replaceAll('one', 'ONE')),
        })
        return Object(payload).pipe(upper)
      })
    })
    using client = await ask({ http2: false }, site)
    expect(await client.waitFor('ONE')).not.toContain('two')
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('stops the run when a hook rejects its stream', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using site = await serve(model, (app) => {
      app.addHook('onSend', async () => {
        throw new Error('not this one')
      })
    })
    using client = await ask({ http2: false }, site)
    expect((await client.head()).status).toBe(500)
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('accepts a prefix with a parameter, and gives explicit routes precedence', async () => {
    await using site = await serve(
      scriptedChatModel(['Hello', { type: 'finish' }]),
      (app) => app.get('/:tenant/threads', () => 'mine'),
      '/:tenant',
    )
    using mine = await openRawClient({ port: site.port, path: '/a/threads' })
    expect(await mine.waitFor('mine')).toBe('mine')
    using client = await openRawClient({ port: site.port, path: '/a/chat', body: { question: 'Why?' } })
    expect(await client.waitFor('event: done')).toContain('Hello')
  })

  it('calls a scope hook only for routes that need it', async () => {
    const asked: string[] = []
    const app = fastify()
    app.decorateRequest('user', '')
    app.addHook('onRequest', async (request) => request.setDecorator('user', 'ann'))
    app.get('/api/other', () => 'another route')
    await app.register(fastifyChat, {
      handler: createHandler(refuse),
      scope: async (request: FastifyRequest) => {
        const user = request.getDecorator<string>('user')
        asked.push(`${user} ${request.url}`)
        return user
      },
      prefix: '/api',
    })
    for (const [path, status] of [
      ['/api/runs', 200],
      ['/api/other', 200],
      ['/api/nowhere', 404],
      ['/api/openapi.json', 200],
    ]) {
      expect([path, (await app.inject(String(path))).statusCode]).toEqual([path, status])
    }
    expect(asked).toEqual(['ann /api/runs'])
    await app.close()
  })

  it.each([
    ['is sent as it is, when it is a response', refuse, 401],
    ['is a 500, when it is an error', () => Promise.reject(new Error('broken')), 500],
  ])('handles a value thrown by scope, which %s, and passes no error to Fastify', async (_name, scope, status) => {
    const heard: unknown[] = []
    const app = fastify()
    app.setErrorHandler((error) => void heard.push(error))
    await app.register(fastifyChat, { handler: createHandler(), scope })
    expect((await app.inject('/runs')).statusCode).toBe(status)
    expect(heard).toEqual([])
    await app.close()
  })

  it('sends no second response when a timeout has already answered', async () => {
    const gate = createGate()
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    await using site = await serve(
      model,
      (app) => {
        app.addHook('preHandler', async (_request, reply) => {
          void gate.reached().then(() => reply.code(503).send('too late'))
        })
      },
      '',
      fakeRetriever(['It is so.'], { gate }),
    )
    using client = await ask({ http2: false }, site)
    expect((await client.head()).status).toBe(503)
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toBe('too late')
    expect(model.calls.every(({ end }) => end !== undefined)).toBe(true)
  })
})

function refuse(): never {
  throw new Response(null, { status: 401 })
}

function createHandler(scope = () => 'everybody'): ChatHandler {
  return createChatHandler({ model: scriptedChatModel([]), retriever: fakeRetriever([]), scope })
}

async function serve(
  model: ScriptedChatModel,
  prepare: (app: FastifyInstance) => unknown,
  prefix = '',
  retriever = fakeRetriever(['It is so.']),
) {
  const app = fastify()
  prepare(app)
  const handler = createChatHandler({ model, retriever, scope: () => 'everybody' })
  await app.register(fastifyChat, { handler, prefix })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  if (typeof address !== 'object' || address === null) throw new Error('Cannot find the port of the server')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = once(app.server, 'close')
      app.server.closeAllConnections()
      await app.close()
      await closed
    },
  }
}
