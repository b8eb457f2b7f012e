import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { parseChatRequest } from '../../src/server.ts'
import { openConnection } from './support/clients.ts'
import { run, type ChatServer } from './support/servers.ts'
import { text } from 'node:stream/consumers'

/** Routes of an application without an error handler. */
const ROUTES: readonly (readonly [name: string, start: () => Promise<ChatServer>])[] = [
  ['Express 5', () => startExpress(express)],
  ['Express 4', () => startExpress(express4)],
  ['Fastify 5', startFastify],
  ['Hono 4', startHono],
]

describe.each(ROUTES)('parseChatRequest in a route of %s, without an error handler', (_name, start) => {
  it.each([
    ['an empty question', '{"question":""}', 'question'],
    ['no question', '{}', 'question'],
    ['an unknown field', '{"question":"Why?","topK":7}', 'topK'],
    ['a wrong id', '{"question":"Why?","threadId":7}', 'threadId'],
    ['a body that is not an object', '[]', 'body'],
  ])('D3: answers 400 and names the field for %s', async (_case, body, field) => {
    await using server = await start()
    await using connection = openConnection({ http2: false }, server)
    const answer = await connection.send({ body })
    expect(answer.status).toBe(400)
    expect(await text(answer.body)).toContain(field)
  })
})

describe('the error thrown by parseChatRequest', () => {
  it('D3: has the properties by which each framework recognises a 400 that the client may read', async () => {
    const thrown = await Promise.resolve()
      .then(() => parseChatRequest({ question: '' }))
      .catch((reason: unknown) => reason)
    const body = { code: 'invalid-input', field: 'question', message: 'Cannot answer an empty question' }
    expect(thrown).toMatchObject({ status: 400, statusCode: 400, expose: true, message: body.message, data: body })
  })
})

function startExpress(framework: typeof express): Promise<ChatServer> {
  const app = framework()
  app.use(framework.json())
  app.post('/chat', (request, response) => void response.json(parseChatRequest(request.body)))
  return run(createServer(app), { outcomes: [] })
}

async function startFastify(): Promise<ChatServer> {
  const app = fastify()
  app.post('/chat', async ({ body }) => parseChatRequest(body))
  await app.ready()
  return run(app.server, { outcomes: [], close: () => app.close() })
}

function startHono(): Promise<ChatServer> {
  const app = new Hono()
  app.post('/chat', async ({ req, json }) => json(parseChatRequest(await req.json())))
  return run(createAdaptorServer({ fetch: app.fetch }), { outcomes: [] })
}
