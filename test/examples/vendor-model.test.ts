import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { anthropicChatModel } from '../../examples/vendor-model/anthropic-chat-model.ts'
import { collectChat, streamChat, type ChatError } from '../../src/index.ts'
import { chatModelContract, fakeRetriever, type ChatModelSubject } from '../../src/testing.ts'

type Reply = (response: ServerResponse) => unknown

/** A server with the format of the Messages API. */
async function openServer(reply: Reply) {
  const hits: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: unknown }[] = []
  const open = new Set<Promise<unknown>>()
  const server = createServer((request, response) => {
    const closed: Promise<unknown> = once(response, 'close')
    open.add(closed)
    void readText(request).then((body) => {
      hits.push({ url: request.url, headers: request.headers, body: JSON.parse(body) })
      reply(response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The server has no port')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  const model = anthropicChatModel({ apiKey: 'key', model: 'claude', baseURL: `http://127.0.0.1:${address.port}` })
  return { model, hits, released: () => Promise.all(open), close, [Symbol.asyncDispose]: close }
}

interface WireEvent {
  readonly type: string
  readonly [field: string]: unknown
}

function encode(events: readonly WireEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

function block(delta: Readonly<Record<string, string>>): WireEvent {
  return { type: 'content_block_delta', index: 0, delta }
}

function stream(response: ServerResponse, ...events: readonly WireEvent[]): void {
  const start = { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.write(encode([start, { type: 'ping' }, ...events]))
}

function answer(stopReason = 'end_turn'): Reply {
  return (response) => {
    stream(
      response,
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      block({ type: 'thinking_delta', thinking: 'hm' }),
      block({ type: 'text_delta', text: 'Cats' }),
      block({ type: 'text_delta', text: ' sleep [1].' }),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 15 } },
      { type: 'message_stop' },
    )
    response.end()
  }
}

function hang(response: ServerResponse): void {
  stream(response, block({ type: 'text_delta', text: 'Cats' }))
}

function refuse(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'sk-canary-0000' } })
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

function ask({ model }: Awaited<ReturnType<typeof openServer>>) {
  const retriever = fakeRetriever(['Cats sleep 16 hours a day.'])
  return collectChat(streamChat({ question: 'Do cats sleep?', retriever, model, temperature: 0, retries: 0 }))
}

describe('examples/vendor-model', () => {
  const subjectOf = (reply: Reply) => async (): Promise<ChatModelSubject> => {
    const { model, hits, released, close } = await openServer(reply)
    return {
      // Node's fetch removes its listener one turn after the end, so each run gets its own signal.
      model: { stream: (request, { signal }) => model.stream(request, { signal: AbortSignal.any([signal]) }) },
      started: () => hits.length,
      released,
      close,
    }
  }

  chatModelContract({
    describe,
    it,
    name: 'anthropicChatModel',
    create: subjectOf(answer()),
    createHanging: subjectOf(hang),
    createFailing: subjectOf(refuse(529)),
  })

  it('answers a turn with a valid request to the API', async () => {
    await using server = await openServer(answer())
    expect(await ask(server)).toMatchObject({
      finishReason: 'stop',
      answer: 'Cats sleep [1].',
      usage: { inputTokens: 25, outputTokens: 15, totalTokens: 40 },
    })
    expect(server.hits).toMatchObject([
      {
        url: '/v1/messages',
        headers: { 'x-api-key': 'key', 'anthropic-version': '2023-06-01' },
        body: {
          model: 'claude',
          stream: true,
          max_tokens: 4096,
          temperature: 0,
          system: expect.stringContaining('Cats sleep 16 hours a day.'),
          messages: [{ role: 'user', content: 'Do cats sleep?' }],
        },
      },
    ])
  })

  it.each([
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['refusal', 'content-filter'],
    ['tool_use', 'other'],
  ])('maps the stop reason %s to %s', async (stopReason, finishReason) => {
    await using server = await openServer(answer(stopReason))
    expect((await ask(server)).finishReason).toBe(finishReason)
  })

  it.each<[string, Reply, object]>([
    ['rejects the key', refuse(401), { code: 'upstream-auth' }],
    ['limits the rate', refuse(429, { 'retry-after': '90' }), { code: 'upstream-rate-limited', retryAfterMs: 90_000 }],
    ['rejects the request', refuse(400), { code: 'upstream-rejected' }],
    ['is overloaded', refuse(529), { code: 'upstream-unavailable' }],
    ['sends a response that is not a stream', refuse(200), { code: 'upstream-bad-response' }],
    [
      'reports an error',
      (response) => {
        stream(response, { type: 'error', error: { type: 'overloaded_error', message: 'sk-canary-0000' } })
        response.end()
      },
      { code: 'upstream-unavailable' },
    ],
    [
      'ends without a stop event',
      (response) => {
        hang(response)
        response.end()
      },
      { code: 'upstream-incomplete', partial: { answer: 'Cats' } },
    ],
  ])('fails with a fixed sentence when the server %s', async (_what, reply, expected) => {
    await using server = await openServer(reply)
    const error = await ask(server).then(
      () => expect.fail('The turn did not fail'),
      (thrown: ChatError) => thrown,
    )
    expect(error).toMatchObject(expected)
    expect(JSON.stringify(error.partial)).not.toContain('canary')
  })
})
