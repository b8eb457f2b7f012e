import { expect } from 'vitest'
import { memoryHistoryStore, type ChatError, type ChatEvent } from '../../../src/index.ts'
import { readSse } from '../../../src/sse.ts'
import {
  createChatHandler,
  createRunRegistry,
  memoryRunStore,
  type ChatHandlerContext,
  type ChatHandlerOptions,
  type ErrorBody,
  type HandlerOptions,
  type RunRegistryOptions,
} from '../../../src/server.ts'
import { fakeRetriever, scriptedChatModel, type ScriptedChatModel } from '../../../src/testing.ts'
import { collect, toBytes } from '../../support/bytes.ts'
import { expectDescribed } from './described.ts'

/** Errors of these tests contain it in every message and cause; no response may. */
export const CANARY = 'sk-canary-0815'

/** An error that no client may read. */
export function secretError(): Error {
  return new Error(`password ${CANARY} refused`, { cause: new Error(CANARY) })
}

/** The options of a request. */
export interface Ask {
  /** Sent as JSON, unless it is a string, bytes or a stream. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The tenant. @defaultValue `alice` */
  readonly as?: string
  readonly context?: ChatHandlerContext
  readonly signal?: AbortSignal
}

/** A response that was read to its end. */
export interface Sent {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parses the body as JSON. */
  readonly json: Record<string, unknown>
  readonly error: ErrorBody
  /** Parses the events of an event stream. */
  events(): Promise<readonly ChatEvent[]>
}

/** The changes to the defaults of a bench. */
export type BenchOptions = Partial<HandlerOptions> & {
  readonly model?: ScriptedChatModel
  readonly store?: RunRegistryOptions
  readonly answering?: Partial<ChatHandlerOptions>
}

export const FINISH = { type: 'finish', finishReason: 'stop' } as const

/**
 * A handler whose every response is checked against its OpenAPI document and for leaked secrets. A client names itself
 * in `x-user`.
 */
export function openBench({ store, answering, ...changes }: BenchOptions = {}) {
  const basePath = (changes.basePath ?? '').replace(/\/$/u, '')
  const errors: ChatError[] = []
  const onError = (error: ChatError): void => void errors.push(error)
  const model = changes.model ?? scriptedChatModel(['They sleep', ' 16 hours [1].', FINISH])
  const runs = changes.runs ?? createRunRegistry({ store: memoryRunStore(), ...store })
  const history = 'history' in changes ? {} : { history: memoryHistoryStore() }
  const options = {
    retriever: fakeRetriever(['Cats sleep 16 hours a day.']),
    model,
    scope: (request: Request) => request.headers.get('x-user') ?? 'alice',
    onError,
    ...history,
    ...changes,
    runs,
    ...answering,
  }
  // The parts are type-checked one by one; the test decides which of the two kinds of options they form.
  const handler = createChatHandler(options as ChatHandlerOptions)

  async function send(method: string, path: string, ask: Ask = {}): Promise<Sent> {
    const { request, response } = await open(method, path, ask)
    const sent = await readResponse(response)
    await expectDescribed(handler, { request, basePath }, sent)
    return sent
  }

  async function open(method: string, path: string, ask: Ask = {}) {
    const request = toRequest(method, path, ask)
    return { request, response: await handler(request, ask.context) }
  }

  return {
    handler,
    model,
    runs,
    /** The errors that were reported to the developer. */
    errors,
    send,
    /** Like `send`, but does not read the body of the response. */
    open,
    ask: (body: Readonly<Record<string, unknown>>, ask: Ask = {}) => send('POST', '/chat', { body, ...ask }),
  }
}

export type Bench = ReturnType<typeof openBench>

/** Creates a request as a client would send it. */
export function toRequest(method: string, path: string, { body, headers, as = 'alice', signal }: Ask = {}): Request {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { 'x-user': as, ...type, ...headers }, body: toBody(body), duplex: 'half' }
  return new Request(`http://localhost${path}`, { ...init, ...(signal && { signal }) })
}

function toBody(body: unknown): BodyInit | null {
  if (body === undefined) return null
  if (typeof body === 'string' || body instanceof ReadableStream) return body
  if (body instanceof Uint8Array) return new Blob([new Uint8Array(body)])
  return JSON.stringify(body)
}

async function readResponse(response: Response): Promise<Sent> {
  const { status, headers } = response
  const text = await response.text()
  expect(`${JSON.stringify([...headers])} ${text}`, 'a response that gives no secret away').not.toContain(CANARY)
  return {
    status,
    headers,
    text,
    get json() {
      return JSON.parse(text) as Record<string, unknown>
    },
    get error() {
      return JSON.parse(text) as ErrorBody
    },
    events: () => collect(readSse(toStream(text))),
  }
}

function toStream(text: string): ReadableStream<Uint8Array> {
  return new Response(new Uint8Array(toBytes(text))).body ?? expect.fail('There is no body')
}

/** Reads the events of a response as they arrive. */
export function readEvents(response: Response): AsyncIterator<ChatEvent> {
  return readSse(response.body ?? expect.fail('There is no body'))[Symbol.asyncIterator]()
}
