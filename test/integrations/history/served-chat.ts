import { once } from 'node:events'
import { createServer } from 'node:http'
import OpenAI from 'openai'
import { expect } from 'vitest'
import type { ChatError, ChatEvent, HistoryStore, Retriever, StoredTurn } from '../../../src/index.ts'
import { toNodeHandler } from '../../../src/node.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { createChatHandler, type AnsweringOptions } from '../../../src/server.ts'
import { readSse } from '../../../src/sse.ts'
import { createFaultServer, fakeRetriever, type FaultBehaviour } from '../../../src/testing.ts'
import { collect } from '../../support/bytes.ts'

/** The question of a client. */
export interface Question {
  readonly question: string
  readonly runId: string
  readonly replaces?: string
  /** @defaultValue {@link THREAD} */
  readonly threadId?: string
  /** The tenant. @defaultValue `ann` */
  readonly as?: string
}

/** The server and clients of {@link serveChat}. */
export interface ServedChatOptions {
  readonly history: HistoryStore
  readonly retriever?: Retriever
  readonly answering?: Partial<AnsweringOptions>
}

/** The thread of all questions. */
export const THREAD = 'thread'

/** A chat over HTTP, for the scope `ann`, with a model server that behaves as given. */
export async function serveChat({ history, retriever = fakeRetriever(['Cats sleep.']), answering }: ServedChatOptions) {
  const upstream = await createFaultServer()
  const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseURL })
  const errors: ChatError[] = []
  const model = openaiChatModel({ client, model: 'any' })
  const answeredBy = answering?.engine ? {} : { retriever, model, condenser: false, retries: 0 }
  const options = {
    ...answeredBy,
    history,
    scope: (request: Request) => request.headers.get('x-user') ?? 'ann',
    onError: (error: ChatError) => void errors.push(error),
    ...answering,
  } as const
  // The test decides which of the two kinds of options they form.
  const handler = createChatHandler(options as Parameters<typeof createChatHandler>[0])
  const server = createServer(toNodeHandler(handler))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) return expect.fail('The server has no port')
  const url = `http://127.0.0.1:${address.port}`

  function post({ as = 'ann', ...question }: Question): Promise<Response> {
    const body = JSON.stringify({ threadId: THREAD, ...question })
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', 'x-user': as }
    return fetch(`${url}/chat`, { method: 'POST', headers, body })
  }

  return {
    /** The errors that were reported to the developer. */
    errors,
    upstream,
    post,
    /** Asks a question that the model answers in the given way, and resolves with the events. */
    async ask(question: Question, behaviour: FaultBehaviour): Promise<readonly ChatEvent[]> {
      upstream.use(behaviour)
      const { status, body } = await post(question)
      expect(status).toBe(200)
      return collect(readSse(body ?? expect.fail('There is no body')))
    },
    /** Sends a request with a JSON body, and resolves with the status and the JSON of the response. */
    async change(method: string, path: string, body?: object): Promise<readonly [number, unknown]> {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}${path}`, { method, ...(body && { headers, body: JSON.stringify(body) }) })
      return [response.status, await response.json()]
    },
    stop: (runId: string) => fetch(`${url}/runs/${runId}/stop`, { method: 'POST' }),
    /** Loads the thread, as a reload of the page does. */
    async turns(): Promise<readonly StoredTurn[]> {
      const response = await fetch(`${url}/threads/${THREAD}`)
      expect(response.status).toBe(200)
      const { turns } = (await response.json()) as { readonly turns: readonly StoredTurn[] }
      return turns
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await upstream.close()
    },
  }
}

/** A run id chosen by the test; a client may only choose a UUID. */
export function runIdOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
