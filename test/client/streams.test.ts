import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChatClient, createChatStore, createThreadList, type ChatClientError } from '../../src/client.ts'
import type { ChatEvent } from '../../src/index.ts'
import { createGate } from '../../src/testing.ts'
import { done, eventsSaying } from '../support/chat-events.ts'
import { answering, EVENTS, failureOf, framesOf, read, SSE, stream, type Answer } from './support/answering.ts'

const question = 'How long do cats sleep?'

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

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
    await using server = await answering(answer)
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
    await using server = await answering(stream(framesOf(events)))
    expect(await read(server.url)).toEqual(events)
    const store = createChatStore({ url: server.url })
    await store.send(question)
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
  })

  it('with a line of 17 MiB is read, or is a typed error', async () => {
    const big = done('x'.repeat(17 * 2 ** 20), { seq: 1 })
    await using server = await answering(stream(framesOf([start, big])))
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
    await using server = await answering(stream(framesOf([start]), frame))
    expect(await failureOf(server.url)).toMatchObject({ code: 'bad-response', retryable: false })
    expect(server.requests).toEqual(['POST /chat'])
  })

  it.each<[string, object]>([
    ['a last event without its lists', { type: 'done', seq: 1, finishReason: 'stop' }],
    ['a failure without a partial answer', { type: 'error', seq: 1, code: 'internal', message: 'Failed' }],
  ])('with %s is a typed error of the turn', async (_name, event) => {
    await using server = await answering(stream(framesOf([start, event as ChatEvent])))
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
    await using server = await answering(answer, stream(': nothing new\n\n'))
    expect(await failureOf(server.url, { attempts: 2 })).toMatchObject({ code: 'disconnected', retryable: true })
    expect(server.requests).toEqual(['POST /chat', ...Array(2).fill('GET /runs/*/events')])
  })

  it('that goes on behind its end is closed at the end', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await answering((response) => {
      response.once('close', () => closed.resolve())
      response.writeHead(200, SSE).write(framesOf([...EVENTS, { type: 'token', seq: 9, delta: '!', at: 11 }]))
    })
    expect(await read(server.url)).toEqual(EVENTS)
    await closed.promise
  })
})

describe('silence', () => {
  it('longer than idleMs counts as a break: the run is read again', async () => {
    await using server = await answering(
      (response) => response.writeHead(200, SSE).write(framesOf(EVENTS.slice(0, 2))),
      stream(framesOf(EVENTS, 2)),
    )
    expect(await read(server.url, { idleMs: 50 })).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })

  it('of a server that answers no reader at all ends as disconnected', async () => {
    await using server = await answering(
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
      await using server = await answering((response) => {
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

  it('of a server that answers no list, conversation or stop ends as unreachable', async () => {
    await using server = await answering(() => {})
    const store = createChatStore({ url: server.url, idleMs: 50 })
    await store.open('a')
    expect(store.getSnapshot()).toMatchObject({ isLoading: false, error: { code: 'unreachable', retryable: true } })
    await store.stop('b')
    expect(store.getSnapshot()).toMatchObject({ error: { code: 'unreachable' } })
    const threads = createThreadList(store)
    await threads.load()
    expect(threads.getSnapshot()).toMatchObject({ isLoading: false, error: { code: 'unreachable' } })
  })

  it('or a break in the body of a conversation is unreachable, too, and not a wrong address', async () => {
    await using server = await answering(
      (response) => response.writeHead(200, { 'content-length': 100 }).write('{"turns":'),
      (response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"turns":')
        response.socket?.destroySoon()
      },
    )
    const client = createChatClient({ url: server.url, idleMs: 50 })
    for (const _ of ['silence', 'break']) {
      await expect(client.turns('a')).rejects.toMatchObject({ code: 'unreachable', retryable: true })
    }
  })

  it('before the answer to a question has no limit, because the question may wait for its thread', async () => {
    const gate = createGate()
    await using server = await answering(async (response) => {
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
