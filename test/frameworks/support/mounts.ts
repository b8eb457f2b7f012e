import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { text } from 'node:stream/consumers'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import fastifyCors from '@fastify/cors'
import { createAdaptorServer } from '@hono/node-server'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import cors from 'cors'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { getCookie, setCookie } from 'hono/cookie'
import { cors as honoCors } from 'hono/cors'
import { expressChat } from '../../../src/express.ts'
import { fastifyChat } from '../../../src/fastify.ts'
import { honoChat } from '../../../src/hono.ts'
import { answerNodeRequest, toNodeHandler } from '../../../src/node.ts'
import type { ChatHandler } from '../../../src/server.ts'

/** The middleware in front of the handler: the usual plugins of a framework. */
export type Plugin = 'auth' | 'compress' | 'cookie' | 'cors'

/** How an application mounts the handler. */
export interface MountOptions {
  /** @defaultValue the root */
  readonly prefix?: string
  /** @defaultValue none */
  readonly plugins?: readonly Plugin[]
  /** Longest body, where the framework is what parses it. @defaultValue the framework's */
  readonly bodyLimit?: number
}

/** A server that is not listening yet. */
export interface MountedServer {
  readonly server: Server | Http2Server | ReturnType<typeof createAdaptorServer>
  /** @defaultValue the server's own */
  readonly close?: () => Promise<void>
}

/** One way to mount the handler. Behind it are `GET /other` and `POST /echo`, which do not belong to the handler. */
export interface Mount {
  readonly name: string
  readonly http2: boolean
  /** True if it compresses compressible responses. */
  readonly compresses: boolean
  create(handler: ChatHandler, options?: MountOptions): Promise<MountedServer>
}

/** All ways to mount the handler. */
export const MOUNTS: readonly Mount[] = [
  { name: 'node:http and toNodeHandler', http2: false, compresses: true, create: createNodeHttp },
  { name: 'node:http2 and toNodeHandler', http2: true, compresses: false, create: createNodeHttp2 },
  { name: 'Express 5 and expressChat', http2: false, compresses: true, create: mountInExpress(express) },
  { name: 'Express 4 and expressChat', http2: false, compresses: true, create: mountInExpress(express4) },
  { name: 'Fastify 5 and fastifyChat', http2: false, compresses: true, create: createFastify },
  { name: 'Hono 4 and honoChat', http2: false, compresses: true, create: createHono },
]

/** The origin from which a page may send requests. */
export const ORIGIN = 'https://app.example'

// As the guides say: the default of @fastify/cors lacks some of them.
const CORS = { origin: ORIGIN, credentials: true, methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] }

const REFUSAL = { message: 'Say who you are' }

/** The session cookie that identifies the user; the applications answer with the cookie `seen`. */
export const SESSION = 'session'

async function createNodeHttp(handler: ChatHandler, options: MountOptions = {}): Promise<MountedServer> {
  const { plugins = [] } = options
  const answer = listen(handler, options)
  // They need no framework.
  const zip = compression({ threshold: 0 })
  const allow = cors(CORS)
  return {
    server: createServer((request, response) => {
      const last = () => answer(request, response)
      // Only the types are those of Express.
      const compress = () => (plugins.includes('compress') ? zip(request as never, response as never, last) : last())
      if (plugins.includes('cors')) allow(request, response, compress)
      else compress()
    }),
  }
}

async function createNodeHttp2(handler: ChatHandler, options: MountOptions = {}): Promise<MountedServer> {
  const { plugins = [] } = options
  const answer = listen(handler, options)
  return {
    server: createHttp2Server((request, response) => {
      if (plugins.includes('cors')) response.setHeader('access-control-allow-origin', ORIGIN)
      // Only their types differ.
      answer(request as never, response as never)
    }),
  }
}

/** The common part of both versions of HTTP. */
function listen(handler: ChatHandler, { prefix = '', plugins = [] }: MountOptions): RequestListener {
  const answer = toNodeHandler(handler)

  function answerOthers(request: IncomingMessage, response: ServerResponse): void {
    const { url } = request
    if (url === `${prefix}/other`) response.end('another route')
    else if (url === `${prefix}/echo`) void text(request).then((body) => response.end(body))
    else response.writeHead(404).end()
  }

  function route(request: IncomingMessage, response: ServerResponse): void {
    const { url = '' } = request
    // A server with only the handler ...
    if (prefix === '' && !/^\/(?:other|echo)/.test(url)) answer(request, response)
    // ... and one with other routes.
    else if (!url.startsWith(`${prefix}/`)) answerOthers(request, response)
    else {
      const pass = () => answerOthers(request, response)
      void answerNodeRequest(handler, request, response, { path: url.slice(prefix.length), pass })
    }
  }

  return (request, response) => {
    if (plugins.includes('cors') && request.method === 'OPTIONS') response.writeHead(204).end()
    else if (plugins.includes('auth') && !request.headers.cookie?.includes(`${SESSION}=`)) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(REFUSAL))
    } else {
      if (plugins.includes('cookie')) response.setHeader('set-cookie', 'seen=yes')
      route(request, response)
    }
  }
}

function mountInExpress(framework: typeof express): Mount['create'] {
  return async (handler, { prefix = '', plugins = [] } = {}) => {
    const app = framework()
    if (plugins.includes('cors')) app.use(cors(CORS))
    if (plugins.includes('compress')) app.use(compression({ threshold: 0 }))
    if (plugins.includes('cookie')) app.use(cookieParser())
    const login: RequestHandler = (request, response, next) => {
      if (plugins.includes('auth') && !request.cookies[SESSION]) return void response.status(401).json(REFUSAL)
      if (plugins.includes('cookie')) response.cookie('seen', 'yes')
      next()
    }
    app.use(login)
    if (prefix === '') app.use(expressChat(handler))
    else app.use(prefix, expressChat(handler))
    app.get(`${prefix}/other`, (_request, response) => void response.send('another route'))
    app.post(`${prefix}/echo`, framework.text({ type: '*/*' }), (request, response) => void response.send(request.body))
    const onError: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).end()
    app.use(onError)
    return { server: createServer(app) }
  }
}

async function createFastify(
  handler: ChatHandler,
  { prefix = '', plugins = [], bodyLimit }: MountOptions = {},
): Promise<MountedServer> {
  const app = fastify(bodyLimit === undefined ? {} : { bodyLimit })
  if (plugins.includes('cors')) await app.register(fastifyCors, CORS)
  if (plugins.includes('compress')) await app.register(fastifyCompress, { threshold: 0 })
  if (plugins.includes('cookie')) await app.register(fastifyCookie)
  app.addHook('onRequest', async (request, reply) => {
    if (plugins.includes('auth') && !request.cookies[SESSION]) return reply.code(401).send(REFUSAL)
    if (plugins.includes('cookie')) reply.setCookie('seen', 'yes')
    return undefined
  })
  await app.register(fastifyChat, { handler, prefix })
  app.get(`${prefix}/other`, () => 'another route')
  app.post(`${prefix}/echo`, ({ body }) => body)
  await app.ready()
  return { server: app.server, close: () => app.close() }
}

async function createHono(
  handler: ChatHandler,
  { prefix = '', plugins = [] }: MountOptions = {},
): Promise<MountedServer> {
  const app = new Hono()
  if (plugins.includes('cors')) app.use(honoCors(CORS))
  if (plugins.includes('compress')) app.use(compress({ threshold: 0 }))
  app.use(async (context, next) => {
    if (plugins.includes('auth') && !getCookie(context, SESSION)) return context.json(REFUSAL, 401)
    if (plugins.includes('cookie')) setCookie(context, 'seen', 'yes')
    return next()
  })
  app.all(`${prefix}/*`, honoChat(handler))
  app.get(`${prefix}/other`, ({ text }) => text('another route'))
  app.post(`${prefix}/echo`, async ({ req, text }) => text(await req.text()))
  return { server: createAdaptorServer({ fetch: app.fetch }) }
}
