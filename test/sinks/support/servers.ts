import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import fastifyCompress from '@fastify/compress'
import fastifyCors from '@fastify/cors'
import { createAdaptorServer } from '@hono/node-server'
import compression from 'compression'
import cors from 'cors'
import express, { type ErrorRequestHandler } from 'express'
import fastify, { type FastifyReply } from 'fastify'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { cors as honoCors } from 'hono/cors'
import type { ChatEvent } from '../../../src/index.ts'
import { sendToNode, toNodeReadable, type SinkOptions, type SendOutcome } from '../../../src/node.ts'
import { NDJSON_HEADERS } from '../../../src/ndjson.ts'
import { parseChatRequest, type ChatHandler, type ChatRequest } from '../../../src/server.ts'
import { SSE_HEADERS } from '../../../src/sse.ts'
import { toResponse } from '../../../src/web.ts'
import { MOUNTS, type Mount } from '../../frameworks/support/mounts.ts'

/** The response of a test server to a request. */
export interface ChatServerOptions {
  /** Creates the stream of the answer. */
  answer(request: ChatRequest): AsyncIterable<ChatEvent> | Promise<AsyncIterable<ChatEvent>>
  readonly sink?: SinkOptions
  /** Headers that the application sets in the way of its framework. */
  readonly headers?: Readonly<Record<string, string>>
  /** Plugins of the framework in front of the route; ignored by servers without plugins. */
  readonly plugin?: 'compress' | 'cors'
}

/** A running server that answers `GET /chat?question=` and `POST /chat`. */
export interface ChatServer extends AsyncDisposable {
  readonly port: number
  /** The outcomes of `sendToNode`, in order. */
  readonly outcomes: readonly SendOutcome[]
  /** How many connections were opened. */
  readonly connections: number
  /** The number of exchanges with a client that have begun: connections, or streams of HTTP/2. */
  readonly opened: number
  /** The number of exchanges that have ended. */
  readonly closed: number
  /** The number of bytes sent to the connected clients. */
  readonly bytesWritten: number
  /** Breaks all connections. */
  breakConnections(): void
}

/** One way to send a stream over HTTP. */
export interface ServerKind {
  readonly name: string
  readonly http2: boolean
  /** True if the application calls `sendToNode`, which returns an outcome. */
  readonly sendsToNode: boolean
  /** True if the framework has plugins for compression and CORS. */
  readonly hasPlugins: boolean
  start(options: ChatServerOptions): Promise<ChatServer>
}

/** All ways to send a stream. */
export const SERVERS: readonly ServerKind[] = [
  { name: 'node:http', http2: false, sendsToNode: true, hasPlugins: false, start: startNodeHttp },
  { name: 'node:http2', http2: true, sendsToNode: true, hasPlugins: false, start: startNodeHttp2 },
  { name: 'Express 5', http2: false, sendsToNode: true, hasPlugins: true, start: startExpress },
  {
    name: 'Fastify 5 with toResponse',
    http2: false,
    sendsToNode: false,
    hasPlugins: true,
    start: (options) =>
      startFastify(options, (stream, reply) => {
        return reply.send(toResponse(stream, { ...options.sink, ...(options.headers && { headers: options.headers }) }))
      }),
  },
  {
    name: 'Fastify 5 with toNodeReadable',
    http2: false,
    sendsToNode: false,
    hasPlugins: true,
    start: (options) =>
      startFastify(options, (stream, reply) => {
        const headers = options.sink?.format === 'ndjson' ? NDJSON_HEADERS : SSE_HEADERS
        return reply.headers({ ...headers, ...options.headers }).send(toNodeReadable(stream, options.sink))
      }),
  },
  { name: 'Hono 4', http2: false, sendsToNode: false, hasPlugins: true, start: startHono },
  ...MOUNTS.map(withMounted),
]

const BODY_LIMIT_BYTES = 32 * 1024 * 1024

function startNodeHttp(options: ChatServerOptions): Promise<ChatServer> {
  const outcomes: SendOutcome[] = []
  return run(
    createServer((request, response) => void handle(request, response, { options, outcomes })),
    { outcomes },
  )
}

function startNodeHttp2(options: ChatServerOptions): Promise<ChatServer> {
  const outcomes: SendOutcome[] = []
  return run(
    createHttp2Server((request, response) => void handle(request, response, { options, outcomes })),
    { outcomes },
  )
}

async function handle(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  { options, outcomes }: { readonly options: ChatServerOptions; readonly outcomes: SendOutcome[] },
): Promise<void> {
  try {
    const body = request.method === 'POST' ? await json(request) : queryOf(request.url)
    const stream = await options.answer(parseChatRequest(body))
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value)
    outcomes.push(await sendToNode(stream, response, options.sink))
  } catch (thrown) {
    response.statusCode = statusOf(thrown)
    response.end(JSON.stringify(refusalOf(thrown)))
  }
}

function startExpress(options: ChatServerOptions): Promise<ChatServer> {
  const outcomes: SendOutcome[] = []
  const app = express()
  if (options.plugin === 'compress') app.use(compression({ threshold: 0 }))
  if (options.plugin === 'cors') app.use(cors({ origin: 'https://app.example' }))
  app.use(express.json({ limit: BODY_LIMIT_BYTES }))
  app.all('/chat', async (request, response) => {
    const body: unknown = request.method === 'POST' ? request.body : request.query
    const stream = await options.answer(parseChatRequest(body))
    if (options.headers) response.set(options.headers)
    outcomes.push(await sendToNode(stream, response, options.sink))
  })
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(statusOf(error)).json(refusalOf(error))
  }
  app.use(onError)
  return run(createServer(app), { outcomes })
}

async function startFastify(
  options: ChatServerOptions,
  send: (stream: AsyncIterable<ChatEvent>, reply: FastifyReply) => FastifyReply,
): Promise<ChatServer> {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES })
  if (options.plugin === 'compress') await app.register(fastifyCompress, { threshold: 0 })
  if (options.plugin === 'cors') await app.register(fastifyCors, { origin: 'https://app.example' })
  // Fastify would answer HEAD by running the whole stream without a reader.
  const route = { exposeHeadRoute: false }
  app.get('/chat', route, async ({ query }, reply) => send(await options.answer(parseChatRequest(query)), reply))
  app.post('/chat', async ({ body }, reply) => send(await options.answer(parseChatRequest(body)), reply))
  await app.ready()
  return run(app.server, { outcomes: [], close: () => app.close() })
}

function startHono(options: ChatServerOptions): Promise<ChatServer> {
  const app = new Hono()
  if (options.plugin === 'compress') app.use(compress({ threshold: 0 }))
  if (options.plugin === 'cors') app.use(honoCors({ origin: 'https://app.example' }))
  app.on(['GET', 'POST'], '/chat', async ({ req }) => {
    const body: unknown = req.method === 'POST' ? await req.json().catch(() => undefined) : req.query()
    const stream = await options.answer(parseChatRequest(body))
    return toResponse(stream, { ...options.sink, ...(options.headers && { headers: options.headers }) })
  })
  return run(createAdaptorServer({ fetch: app.fetch }), { outcomes: [] })
}

/** A handler with the interface of `createChatHandler`, mounted in the same way. */
function withMounted({ name, http2, compresses, create }: Mount): ServerKind {
  return {
    name,
    http2,
    sendsToNode: false,
    hasPlugins: compresses,
    async start(options) {
      const { plugin } = options
      const plugins = plugin ? [plugin] : []
      const mounted = await create(answerWith(options), { plugins, bodyLimit: BODY_LIMIT_BYTES })
      return run(mounted.server, { outcomes: [], ...(mounted.close && { close: mounted.close }) })
    },
  }
}

function answerWith({ answer, sink, headers }: ChatServerOptions): ChatHandler {
  return async (request, { body, signal } = {}) => {
    try {
      const asked: unknown = request.method === 'POST' ? (body ?? (await request.json())) : queryOf(request.url)
      const options = { ...sink, ...(headers && { headers }), ...(signal && { signal }) }
      return toResponse(await answer(parseChatRequest(asked)), options)
    } catch (thrown) {
      return Response.json(refusalOf(thrown), { status: statusOf(thrown) })
    }
  }
}

/** Lets a server listen on a free port, and counts what its clients do. */
export async function run(
  server: Server | Http2Server | ReturnType<typeof createAdaptorServer>,
  { outcomes, close }: { readonly outcomes: readonly SendOutcome[]; readonly close?: () => Promise<void> },
): Promise<ChatServer> {
  const open = new Set<Socket>()
  let connections = 0
  let opened = 0
  let closed = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.on('updateSettings' in server ? 'stream' : 'connection', (exchange) => {
    opened += 1
    exchange.once('close', () => (closed += 1))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('Cannot find the port of the server')

  const breakConnections = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: address.port,
    outcomes,
    get connections() {
      return connections
    },
    get opened() {
      return opened
    },
    get closed() {
      return closed
    },
    get bytesWritten() {
      return [...open].reduce((sum, socket) => sum + socket.bytesWritten, 0)
    },
    breakConnections,
    async [Symbol.asyncDispose]() {
      const over = once(server, 'close')
      breakConnections()
      await (close ? close() : server.close())
      await over
    },
  }
}

function queryOf(url = ''): unknown {
  return Object.fromEntries(new URL(url, 'http://localhost').searchParams)
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof SyntaxError) return 400
  return thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 500
}

function refusalOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return {}
  return { message: thrown.message, ...('field' in thrown && { field: thrown.field }) }
}
