import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import { disconnectSignal } from '../../../src/node.ts'
import { parseChatRequest } from '../../../src/server.ts'
import { scriptedChatModel } from '../../../src/testing.ts'
import { toResponse } from '../../../src/web.ts'
import { createRuns } from './runs.ts'
import { run, SERVERS, type ChatServer, type ChatServerOptions, type ServerKind } from './servers.ts'

// A program that runs under any Node: prints the outcome of three questions on one connection that breaks.
const REQUESTS = 3
const LIMIT_MS = 3_000

const KINDS: readonly Pick<ServerKind, 'name' | 'start'>[] = [
  ...SERVERS.filter(({ http2 }) => !http2),
  { name: 'Fastify 5 with toResponse and disconnectSignal', start: startFastify },
  { name: 'Hono 4 with toResponse and disconnectSignal', start: startHono },
]

const ends: Record<string, readonly (string | undefined)[]> = {}
for (const kind of KINDS) ends[kind.name] = await breakConnection(kind)
console.log(JSON.stringify(ends))
process.exit()

async function breakConnection({ start }: Pick<ServerKind, 'start'>): Promise<readonly (string | undefined)[]> {
  const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
  const runs = createRuns({ model })
  const server = await start({ answer: runs.answer })
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  const body = '{"question":"Why?"}'
  const head = ['POST /chat HTTP/1.1', 'host: a', 'content-type: application/json', `content-length: ${body.length}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`.repeat(REQUESTS))
  await until(() => model.calls.length === REQUESTS)
  socket.destroy()
  await until(() => model.calls.every(({ end }) => end !== undefined))
  await server[Symbol.asyncDispose]()
  return model.calls.map(({ end }) => end)
}

async function startFastify({ answer }: ChatServerOptions): Promise<ChatServer> {
  const app = fastify()
  app.post('/chat', async ({ body }, reply) => {
    return reply.send(toResponse(await answer(parseChatRequest(body)), { signal: disconnectSignal(reply.raw) }))
  })
  await app.ready()
  return run(app.server, { outcomes: [], close: () => app.close() })
}

function startHono({ answer }: ChatServerOptions): Promise<ChatServer> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.post('/chat', async ({ req, env }) => {
    return toResponse(await answer(parseChatRequest(await req.json())), { signal: disconnectSignal(env.outgoing) })
  })
  return run(createAdaptorServer({ fetch: app.fetch }), { outcomes: [] })
}

/** Waits until a condition is true, up to the time limit. */
async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + LIMIT_MS
  while (!holds() && performance.now() < giveUpAt) await sleep(5)
}
