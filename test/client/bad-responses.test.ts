import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChatClientError, createChatClient, createChatStore, type ChatClientOptions } from '../../src/client.ts'
import type { ChatEvent } from '../../src/index.ts'
import { createGate } from '../../src/testing.ts'
import { done, eventsSaying } from '../support/chat-events.ts'
import { serve } from '../testing/serve.ts'

const question = 'How long do cats sleep?'
const EVENTS = eventsSaying(['Cats ', 'sleep.'])
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' }

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown

/** A server that answers a question with the first function, and each reader of the run with the next one. */
async function serving(...answers: readonly Answer[]) {
  const requests: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = await serve(async (request, response) => {
    const answer = answers[requests.length] ?? answers.at(-1)
    requests.push(`${request.method} ${request.url?.replace(/runs\/[^/]+/u, 'runs/*')}`)
    headers.push(request.headers)
    await answer?.(response, request)
  })
  const url = `http://127.0.0.1:${server.port}`
  return { url, requests, headers, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

const body =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(text)

const stream = (...pieces: readonly (string | Buffer)[]): Answer =>
  body(200, Buffer.concat(pieces.map((piece) => Buffer.from(piece))) as never, SSE)

const framesOf = (events: readonly ChatEvent[], from = 0) =>
  events
    .slice(from)
    .map((event) => `event: ${event.type}\nid: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')

const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  body(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers })

async function read(url: string, options: Partial<ChatClientOptions> = {}): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of createChatClient({ url, ...options }).ask({ question })) events.push(event)
  return events
}

async function failureOf(url: string, options: Partial<ChatClientOptions> = {}): Promise<ChatClientError> {
  const thrown: unknown = await read(url, options).then(
    () => expect.fail('There was no failure'),
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ChatClientError)
  return thrown as ChatClientError
}

const HTML = '<!doctype html><title>Sign in</title><script>alert(1)</script>'

describe('a response that is not a stream of events', () => {
  it.each<[string, Answer, object]>([
    [
      'HTML with status 200',
      body(200, HTML, { 'content-type': 'text/html' }),
      { code: 'bad-response', status: 200, retryable: false },
    ],
    ['JSON with status 200', json(200, { answer: 'Cats sleep.' }), { code: 'bad-response', status: 200 }],
    ['no content type', body(200, 'Cats sleep.'), { code: 'bad-response', status: 200 }],
    ['an empty body without a type', body(200, ''), { code: 'bad-response', status: 200 }],
    [
      'a 401 with HTML',
      body(401, HTML, { 'content-type': 'text/html' }),
      { code: 'unauthorized', status: 401, retryable: false },
    ],
    ['a 403', body(403, ''), { code: 'unauthorized', status: 403, retryable: false }],
    ['a 404 of another server', body(404, HTML), { code: 'bad-response', status: 404 }],
    [
      'a 404 of the handler',
      json(404, { code: 'not-found', message: 'Nothing was found', retryable: false }),
      { code: 'not-found', status: 404, message: 'Nothing was found' },
    ],
    [
      'a 429 with seconds',
      body(429, '', { 'retry-after': '7' }),
      { code: 'rate-limited', status: 429, retryable: true, retryAfterMs: 7_000 },
    ],
    ['a 429 without a time', body(429, ''), { code: 'rate-limited', status: 429, retryable: true }],
    [
      'a 429 of the handler',
      json(
        429,
        { code: 'too-many-runs', message: 'Too many', retryable: true, retryAfterMs: 1_500 },
        { 'retry-after': '2' },
      ),
      { code: 'too-many-runs', status: 429, retryAfterMs: 1_500 },
    ],
    [
      'a 400 of the handler',
      json(400, { code: 'invalid-input', message: 'Too long', field: 'question' }),
      { code: 'invalid-input', status: 400, message: 'Too long' },
    ],
    ['JSON of another kind', json(422, ['x']), { code: 'bad-response', status: 422 }],
    ['JSON null', json(418, null), { code: 'bad-response', status: 418 }],
  ])('%s is a typed error, and the question is sent once', async (_name, answer, expected) => {
    await using server = await serving(answer)
    const error = await failureOf(server.url)
    expect(error).toMatchObject(expected)
    expect(error.message).toMatch(/\w+/u)
    expect(error.message).not.toContain('<')
    expect(server.requests).toEqual(['POST /chat'])
  })

  it('a 429 with a date tells the time until then', async () => {
    await using server = await serving(body(429, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }))
    const { retryAfterMs } = await failureOf(server.url)
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('a 502 of a proxy never leads to a blind second question: the run is read first', async () => {
    await using server = await serving(
      body(502, '<html><center>nginx</center></html>', { 'content-type': 'text/html' }),
      stream(framesOf(EVENTS)),
    )
    expect(await read(server.url)).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })

  it('a proxy that answers nothing but 502 is a typed error in the end, after one question', async () => {
    await using server = await serving(body(502, HTML, { 'content-type': 'text/html' }))
    expect(await failureOf(server.url, { attempts: 3 })).toMatchObject({
      code: 'unreachable',
      status: 502,
      retryable: true,
    })
    expect(server.requests).toEqual(['POST /chat', ...Array(3).fill('GET /runs/*/events')])
  })

  it('a 429 or a 503 while a run is read is waited for; the time that the server asks for is kept', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await using server = await serving(
        stream(framesOf(EVENTS.slice(0, 2))),
        body(429, '', { 'retry-after': '20' }),
        json(503, { code: 'store-unavailable', message: 'Down', retryable: true }),
        stream(framesOf(EVENTS, 2)),
      )
      const reading = read(server.url, { idleMs: Infinity })
      while (server.requests.length < 2) await vi.advanceTimersByTimeAsync(1)
      await vi.advanceTimersByTimeAsync(15_000)
      expect(server.requests).toHaveLength(2)
      while (server.requests.length < 4) await vi.advanceTimersByTimeAsync(1_000)
      expect(await reading).toEqual(EVENTS)
      expect(server.requests[0]).toBe('POST /chat')
      expect(server.headers.slice(1).map((sent) => sent['last-event-id'])).toEqual(['1', '1', '1'])
    } finally {
      vi.useRealTimers()
    }
  })

  it.each<[string, Answer, string]>([
    ['a 401', body(401, ''), 'unauthorized'],
    ['a 404', body(404, HTML), 'bad-response'],
    ['HTML with status 200', body(200, HTML, { 'content-type': 'text/html' }), 'bad-response'],
  ])('%s while a run is read ends the reading, without a second question', async (_name, answer, code) => {
    await using server = await serving(stream(framesOf(EVENTS.slice(0, 2))), answer)
    expect(await failureOf(server.url)).toMatchObject({ code })
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })
})

describe('a stream of events', () => {
  const [start = done('', { seq: 0 }), ...rest] = EVENTS
  const unknown = { type: 'weather', seq: 1, sky: 'blue' }

  it.each<[string, Answer]>([
    ['with CRLF', stream(framesOf(EVENTS).replaceAll('\n', '\r\n'))],
    ['with a byte order mark', stream('\uFEFF', framesOf(EVENTS))],
    ['with comments and unknown fields', stream(': hello\n\nfoo: bar\nretry: 5\n\n', framesOf(EVENTS), ':\n\n')],
    [
      'with data of another kind',
      stream('data: 7\n\ndata: null\n\ndata: "x"\n\ndata: []\n\ndata: {"a":1}\n\n', framesOf(EVENTS)),
    ],
    ['without spaces after the colons', stream(framesOf(EVENTS).replaceAll(': ', ':'))],
    [
      'of lines of JSON',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/x-ndjson' })
          .end(`\n${EVENTS.map((event) => JSON.stringify(event)).join('\n\n')}\n`),
    ],
    ['with events twice', stream(framesOf(EVENTS.slice(0, 3)), framesOf(EVENTS.slice(1, 2)), framesOf(EVENTS))],
    [
      'in single bytes',
      async (response) => {
        response.writeHead(200, SSE).flushHeaders()
        for (const byte of Buffer.from(framesOf(EVENTS))) response.write(Buffer.of(byte))
        response.end()
      },
    ],
  ])('%s is read', async (_name, answer) => {
    await using server = await serving(answer)
    expect(await read(server.url)).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat'])
  })

  it('in chunks of one byte is read, also within a character', async () => {
    const events = eventsSaying(['Café 猫', ' 😺!'])
    const bytes = Buffer.from(framesOf(events))
    const client = createChatClient({
      url: '/api',
      fetch: async () => {
        let at = 0
        const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
          if (at < bytes.length) controller.enqueue(Uint8Array.of(bytes[at++] ?? 0))
          else controller.close()
        }
        return new Response(new ReadableStream<Uint8Array>({ pull }), { headers: SSE })
      },
    })
    const received: ChatEvent[] = []
    for await (const event of client.ask({ question })) received.push(event)
    expect(received).toEqual(events)
  })

  it('with an unknown event and unknown fields passes them on, and the store ignores them', async () => {
    const events = [
      start,
      unknown,
      ...rest.map((event) => ({ ...event, seq: event.seq + 1, extra: { x: 1 } })),
    ] as never
    await using server = await serving(stream(framesOf(events)))
    expect(await read(server.url)).toEqual(events)
    const store = createChatStore({ url: server.url })
    await store.send(question)
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
  })

  it('with a line of 17 MiB is read, or is a typed error', async () => {
    const big = done('x'.repeat(17 * 2 ** 20), { seq: 1 })
    await using server = await serving(stream(framesOf([start, big])))
    const outcome = await read(server.url, { attempts: 1 }).then(
      (events) => events.length,
      (error: ChatClientError) => error.code,
    )
    expect([2, 'bad-response']).toContain(outcome)
    expect(server.requests.filter((request) => request === 'POST /chat')).toHaveLength(1)
  })

  it.each<[string, string]>([
    ['that is no JSON', 'data: {"type":\n\n'],
    ['that is cut by a line end', 'data: {"type":"token","delta":"Ca\nts"}\n\n'],
  ])('with data %s is a typed error', async (_name, frame) => {
    await using server = await serving(stream(framesOf([start]), frame))
    expect(await failureOf(server.url)).toMatchObject({ code: 'bad-response', retryable: false })
    expect(server.requests).toEqual(['POST /chat'])
  })

  it.each<[string, object]>([
    ['a last event without its lists', { type: 'done', seq: 1, finishReason: 'stop' }],
    ['a failure without a partial answer', { type: 'error', seq: 1, code: 'internal', message: 'Failed' }],
  ])('with %s is a typed error of the turn', async (_name, event) => {
    await using server = await serving(stream(framesOf([start, event as ChatEvent])))
    const store = createChatStore({ url: server.url })
    await store.send(question)
    const [turn] = store.getSnapshot().turns
    expect(turn).toMatchObject({ status: 'error', error: { code: expect.stringMatching(/internal|bad-response/u) } })
  })

  it.each<[string, Answer]>([
    ['without an end', stream(framesOf(EVENTS.slice(0, 3)))],
    ['with half a frame at its end', stream(framesOf(EVENTS.slice(0, 3)), 'event: done\nid: 3\ndata: {"type":"do')],
    ['without anything', stream('')],
    ['with nothing but a comment', stream(': ragwire\n\n')],
  ])('%s is never a success: the client reads on, and then fails as disconnected', async (_name, answer) => {
    await using server = await serving(answer, stream(': nothing new\n\n'))
    expect(await failureOf(server.url, { attempts: 2 })).toMatchObject({ code: 'disconnected', retryable: true })
    expect(server.requests).toEqual(['POST /chat', ...Array(2).fill('GET /runs/*/events')])
  })

  it('that goes on behind its end is closed at the end', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await serving((response) => {
      response.once('close', () => closed.resolve())
      response.writeHead(200, SSE).write(framesOf([...EVENTS, { type: 'token', seq: 9, delta: '!', at: 11 }]))
    })
    expect(await read(server.url)).toEqual(EVENTS)
    await closed.promise
  })
})

describe('silence', () => {
  it('longer than idleMs counts as a break: the run is read again', async () => {
    await using server = await serving(
      (response) => response.writeHead(200, SSE).write(framesOf(EVENTS.slice(0, 2))),
      stream(framesOf(EVENTS, 2)),
    )
    expect(await read(server.url, { idleMs: 50 })).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })

  it('of a server that answers no reader at all ends as disconnected', async () => {
    await using server = await serving(
      (response) => response.writeHead(200, SSE).write(framesOf(EVENTS.slice(0, 2))),
      () => {},
    )
    expect(await failureOf(server.url, { idleMs: 30, attempts: 2 })).toMatchObject({ code: 'disconnected' })
    expect(server.requests).toEqual(['POST /chat', ...Array(2).fill('GET /runs/*/events')])
  })

  it('that keep-alives interrupt is none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const opened = Promise.withResolvers<ServerResponse>()
      await using server = await serving((response) => {
        response.writeHead(200, SSE).write(framesOf(EVENTS.slice(0, 2)))
        opened.resolve(response)
      })
      const reading = read(server.url, { idleMs: 10_000 })
      const response = await opened.promise
      for (let beats = 0; beats < 5; beats++) {
        const timers = vi.getTimerCount()
        await vi.advanceTimersByTimeAsync(8_000)
        response.write(':\n\n')
        // The client has read it: it has replaced its timer.
        await vi.waitFor(() => expect(vi.getTimerCount()).toBe(timers), { interval: 1 })
        for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve))
      }
      response.end(framesOf(EVENTS, 2))
      expect(await reading).toEqual(EVENTS)
      expect(server.requests).toEqual(['POST /chat'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('before the answer to a question has no limit, because the question may wait for its thread', async () => {
    const gate = createGate()
    await using server = await serving(async (response) => {
      await gate.pass()
      return stream(framesOf(EVENTS))(response, {} as never)
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const reading = read(server.url, { idleMs: 100 })
      await gate.reached()
      await vi.advanceTimersByTimeAsync(60_000)
      gate.open()
      expect(await reading).toEqual(EVENTS)
      expect(server.requests).toEqual(['POST /chat'])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the option fetch', () => {
  it('that rejects is a typed error with its cause, and the question is looked for before it is sent again', async () => {
    const cause = new Error('No network')
    const asked: string[] = []
    const error = await failureOf('http://127.0.0.1:9', {
      attempts: 2,
      fetch: async (_url, { method }) => {
        asked.push(method)
        throw cause
      },
    })
    expect(error).toMatchObject({ code: 'unreachable', retryable: true, cause })
    expect(asked).toEqual(['POST', 'GET', 'GET'])
  })

  it('that throws is a typed error, too', async () => {
    const error = await failureOf('/api', {
      attempts: 1,
      fetch: () => {
        throw new TypeError('Broken')
      },
    })
    expect(error).toMatchObject({ code: 'unreachable' })
  })

  it('that ignores its signal does not delay a disconnect', async () => {
    const held = createGate()
    const client = createChatClient({
      url: '/api',
      fetch: async () => {
        await held.pass()
        return new Response(null, { headers: SSE })
      },
    })
    const run = client.ask({ question })
    const next = run[Symbol.asyncIterator]().next()
    await held.reached()
    run.disconnect()
    expect(await next).toMatchObject({ done: true })
    held.open()
  })

  it('that ignores its signal while the body is read does not delay a disconnect', async () => {
    const cancelled = vi.fn<() => void>()
    const client = createChatClient({
      url: '/api',
      fetch: async () => new Response(new ReadableStream<Uint8Array>({ cancel: cancelled }), { headers: SSE }),
    })
    const run = client.ask({ question })
    const next = run[Symbol.asyncIterator]().next()
    await new Promise((resolve) => setImmediate(resolve))
    run.disconnect()
    expect(await next).toMatchObject({ done: true })
    expect(cancelled).toHaveBeenCalledTimes(1)
  })
})

describe('the option headers', () => {
  it('as a function is asked before each request, so that a new token is used after a 401', async () => {
    await using server = await serving(stream(framesOf(EVENTS.slice(0, 2))), body(401, ''), stream(framesOf(EVENTS, 2)))
    let token = 'old'
    const store = createChatStore({ url: server.url, headers: async () => ({ authorization: `Bearer ${token}` }) })
    await store.send(question)
    expect(store.getSnapshot().turns).toMatchObject([
      { status: 'error', error: { code: 'unauthorized', status: 401 }, result: { answer: 'Cats ' } },
    ])
    token = 'new'
    await store.resume()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    expect(store.getSnapshot().turns[0]?.error).toBeUndefined()
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events', 'GET /runs/*/events'])
    expect(server.headers.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer old', 'Bearer new'])
  })

  it('as an object is sent with each request', async () => {
    await using server = await serving(stream(framesOf(EVENTS)))
    await read(server.url, { headers: { 'x-tenant': 'ann' } })
    expect(server.headers[0]).toMatchObject({ 'x-tenant': 'ann', 'content-type': 'application/json' })
  })

  it('that rejects is a typed error with its cause, and nothing is sent', async () => {
    await using server = await serving(stream(framesOf(EVENTS)))
    const cause = new Error('The session has ended')
    const error = await failureOf(server.url, { attempts: 1, headers: () => Promise.reject(cause) })
    expect(error.cause).toBe(cause)
    expect(server.requests).toEqual([])
  })
})

describe('the other functions of a client', () => {
  it.each<[string, Answer, string]>([
    ['HTML', body(200, HTML, { 'content-type': 'text/html' }), 'bad-response'],
    ['an empty body', body(200, ''), 'bad-response'],
    ['a 401', body(401, ''), 'unauthorized'],
    ['a 500', body(500, HTML), 'unreachable'],
  ])('reject with a typed error for %s', async (_name, answer, code) => {
    await using server = await serving(answer)
    const client = createChatClient({ url: server.url })
    const id = crypto.randomUUID()
    for (const call of [client.stop(id), client.runs(), client.threads(), client.turns(id)]) {
      await expect(call).rejects.toMatchObject({ name: 'ChatClientError', code })
    }
  })

  it('encode ids that have a slash or a question mark', async () => {
    await using server = await serving(json(200, { threadId: 'a/b?c', turns: [] }))
    expect(await createChatClient({ url: server.url }).turns('a/b?c')).toEqual([])
    expect(server.requests).toEqual(['GET /threads/a%2Fb%3Fc'])
  })
})

describe('the options', () => {
  it.each<[string, object, typeof TypeError | typeof RangeError]>([
    ['no url', {}, TypeError],
    ['a url of another type', { url: new URL('http://127.0.0.1/') }, TypeError],
    ['a misspelt option', { url: '/api', header: {} }, TypeError],
    ['an idleMs of 0', { url: '/api', idleMs: 0 }, RangeError],
    ['a negative idleMs', { url: '/api', idleMs: -1 }, RangeError],
    ['an idleMs that is not a number', { url: '/api', idleMs: Number.NaN }, RangeError],
    ['a url with a query', { url: 'http://127.0.0.1/api?tenant=1' }, TypeError],
    ['a url with a fragment', { url: '/api#chat' }, TypeError],
    ['negative attempts', { url: '/api', attempts: -1 }, RangeError],
    ['attempts that are not a number', { url: '/api', attempts: Number.NaN }, RangeError],
  ])('throw at creation with %s', (_name, options, kind) => {
    for (const create of [createChatClient, createChatStore]) {
      expect(() => create(options as ChatClientOptions)).toThrow(kind)
      expect(() => create(options as ChatClientOptions)).toThrow(/url|header|idleMs|attempts/u)
    }
  })

  it.each(['', '/'])('take the url %j as the root', async (url) => {
    const urls: string[] = []
    const client = createChatClient({
      url,
      fetch: async (to) => {
        urls.push(to)
        return Response.json({ runs: [] })
      },
    })
    await client.runs()
    expect(urls).toEqual(['/runs'])
  })

  it('accept undefined for each optional one, and a url with a slash at its end', async () => {
    await using server = await serving(stream(framesOf(EVENTS)))
    const nothing = {
      headers: undefined,
      credentials: undefined,
      fetch: undefined,
      idleMs: undefined,
      attempts: undefined,
    }
    expect(await read(`${server.url}//`, nothing)).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat'])
  })
})
