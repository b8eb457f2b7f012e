// A server in a process of its own, as an application writes it: its output is the log of the operator.
import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import OpenAI from 'openai'
import { memoryHistoryStore, type HistoryStore, type Retriever } from '../../../src/index.ts'
import { expressChat } from '../../../src/express.ts'
import { fastifyChat } from '../../../src/fastify.ts'
import { honoChat } from '../../../src/hono.ts'
import { toNodeHandler } from '../../../src/node.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { createChatHandler, createRunRegistry, memoryRunStore, type ChatHandler } from '../../../src/server.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'

/** The command line options of the process. */
export interface LogServerOptions {
  readonly server: 'node:http' | 'express' | 'fastify' | 'hono'
  readonly baseURL: string
  /** The part that fails, besides the model. */
  readonly broken?: 'retriever' | 'history' | 'run store' | 'scope'
  /** @defaultValue the default of the handler */
  readonly onError?: 'false' | 'own'
}

/** The key of this application, which must not appear in any output. */
const KEY = 'sk-proj-canary0815canary0815'

const { server, baseURL, broken, onError }: LogServerOptions = JSON.parse(process.argv[2] ?? '{}')

const secret = (): Error =>
  new Error(`connect postgres://app:p%40ss-${KEY}@db.example:5432/chat\nfailed`, {
    cause: Object.assign(new Error(`api_key=${KEY}`), {
      code: 'ECONNREFUSED',
      headers: { authorization: `Bearer ${KEY}` },
    }),
  })
const fail = (): never => {
  throw secret()
}

const retriever: Retriever = {
  retrieve: async () =>
    broken === 'retriever' ? fail() : [{ chunk: { chunkId: 'c', documentId: 'd', text: 'Cats sleep.' }, score: 1 }],
}
const history: HistoryStore = memoryHistoryStore()

function createHandler(): ChatHandler {
  return createChatHandler({
    retriever,
    model: openaiChatModel({ client: new OpenAI({ apiKey: KEY, baseURL }), model: 'gpt-5-mini' }),
    scope: () => (broken === 'scope' ? fail() : 'everybody'),
    retries: 0,
    history: broken === 'history' ? { ...history, beginTurn: async () => fail(), load: async () => fail() } : history,
    ...(broken === 'run store' && {
      runs: createRunRegistry({ store: { ...memoryRunStore(), begin: async () => fail() } }),
    }),
    ...(onError === 'false' && { onError: false }),
    ...(onError === 'own' && { onError: ({ code }) => console.log(`own: ${code}`) }),
  })
}

async function listen(handler: ChatHandler): Promise<number> {
  switch (server) {
    case 'node:http':
      return listenOnLoopback(createServer(toNodeHandler(handler)))
    case 'express':
      return listenOnLoopback(createServer(express().use(expressChat(handler))))
    case 'hono':
      return listenOnLoopback(createAdaptorServer(new Hono().all('*', honoChat(handler))) as Server)
    case 'fastify': {
      const app = fastify()
      await app.register(fastifyChat, { handler })
      await app.listen({ port: 0, host: '127.0.0.1' })
      return Number(new URL(app.listeningOrigin).port)
    }
  }
}

process.on('disconnect', () => process.exit())
process.send?.(await listen(createHandler()))
