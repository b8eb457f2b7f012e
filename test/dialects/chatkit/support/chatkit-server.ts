import { expect } from 'vitest'
import { chatkit } from '../../../../src/chatkit.ts'
import type { ChatKitOptions } from '../../../../src/chatkit.ts'
import { memoryHistoryStore, type ChatError } from '../../../../src/index.ts'
import { createChatHandler, type ChatHandlerOptions } from '../../../../src/server.ts'
import { fakeRetriever, scriptedChatModel, type ScriptedChatModel } from '../../../../src/testing.ts'
import { itemPageSchema, parseStream, threadPageSchema, type Item, type StreamEvent } from './wire.ts'

export const FINISH = { type: 'finish', finishReason: 'stop' } as const

/** The changes to the defaults of a server. */
export interface ServerOptions {
  readonly model?: ScriptedChatModel
  readonly handler?: Partial<ChatHandlerOptions>
  readonly dialect?: ChatKitOptions
}

/** A response that was read to its end. */
export interface Sent {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. */
  readonly json: unknown
  /** The events of a stream. */
  readonly events: readonly StreamEvent[]
}

/** A server for ChatKit. A client names itself in `x-user`. */
export function openServer({ model = answering(), handler: changes, dialect }: ServerOptions = {}) {
  const errors: ChatError[] = []
  const handler = createChatHandler({
    retriever: fakeRetriever(['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.']),
    history: memoryHistoryStore(),
    condenser: false,
    scope: ({ headers }: Request) => headers.get('x-user') ?? 'ann',
    onError: (error) => void errors.push(error),
    dialects: [chatkit(dialect)],
    retries: 0,
    ...changes,
    model,
  } as ChatHandlerOptions)

  async function open(body: unknown, { as = 'ann', signal }: { as?: string; signal?: AbortSignal } = {}) {
    const headers = { 'content-type': 'application/json', 'x-user': as }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return handler(
      new Request(`http://localhost${dialect?.path ?? '/chatkit'}`, {
        method: 'POST',
        headers,
        body: text,
        ...(signal && { signal }),
      }),
    )
  }

  async function send(body: unknown, options: { as?: string } = {}): Promise<Sent> {
    const response = await open(body, options)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text) as unknown
      },
      get events() {
        expect([response.status, response.headers.get('content-type')]).toEqual([
          200,
          'text/event-stream; charset=utf-8',
        ])
        return parseStream(text)
      },
    }
  }

  /** Sends a request of a type. */
  const request = (type: string, params: object, options?: { as?: string }) => send({ type, params }, options)

  /** Begins a thread. */
  async function create(text = 'How long?', options?: { as?: string }) {
    const { events } = await request('threads.create', { input: says(text) }, options)
    const created = events.find((event) => event.type === 'thread.created')
    return { threadId: created?.thread.id ?? expect.fail('No thread was created'), events }
  }

  /** Lists all items of a thread, the oldest first. */
  async function items(threadId: string, options?: { as?: string }): Promise<readonly Item[]> {
    const { json } = await request('items.list', { thread_id: threadId, order: 'asc', limit: 100 }, options)
    return itemPageSchema.parse(json).data
  }

  /** Lists the threads of a user. */
  async function threadIds(): Promise<readonly string[]> {
    const { json } = await request('threads.list', {})
    return threadPageSchema.parse(json).data.map(({ id }) => id)
  }

  return { handler, model, errors, open, send, request, create, items, threadIds }
}

/** A model that says these pieces. */
function answering(...pieces: readonly string[]): ScriptedChatModel {
  return scriptedChatModel([...(pieces.length > 0 ? pieces : ['They sleep', ' 16 hours [1].']), FINISH])
}

/** A question, as the component sends it. */
export function says(text: string, more: object = {}): object {
  return { content: [{ type: 'input_text', text }], attachments: [], inference_options: {}, ...more }
}
