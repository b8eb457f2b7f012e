import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChatClient, createChatStore, type ChatClientOptions } from '../../src/client.ts'
import { createGate } from '../../src/testing.ts'
import { answering, body, EVENTS, failureOf, framesOf, read, SSE, stream } from './support/answering.ts'

const question = 'How long do cats sleep?'

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

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
    await using server = await answering(
      stream(framesOf(EVENTS.slice(0, 2))),
      body(401, ''),
      stream(framesOf(EVENTS, 2)),
    )
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
    await using server = await answering(stream(framesOf(EVENTS)))
    await read(server.url, { headers: { 'x-tenant': 'ann' } })
    expect(server.headers[0]).toMatchObject({ 'x-tenant': 'ann', 'content-type': 'application/json' })
  })

  it('that rejects is a typed error with its cause, and nothing is sent', async () => {
    await using server = await answering(stream(framesOf(EVENTS)))
    const cause = new Error('The session has ended')
    const error = await failureOf(server.url, { attempts: 1, headers: () => Promise.reject(cause) })
    expect(error.cause).toBe(cause)
    expect(server.requests).toEqual([])
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
    ['attempts that are not a number', { url: '/api', attempts: Number.NaN }, RangeError],
  ])('throw at creation with %s', (_name, options, kind) => {
    for (const create of [createChatClient, createChatStore]) {
      expect(() => create(options as ChatClientOptions)).toThrow(kind)
      expect(() => create(options as ChatClientOptions)).toThrow(/url|header|idleMs/u)
    }
  })

  it('accept undefined for each optional one, and a url with a slash at its end', async () => {
    await using server = await answering(stream(framesOf(EVENTS)))
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
