import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChatClient } from '../../src/client.ts'
import {
  answering,
  body,
  EVENTS,
  failureOf,
  framesOf,
  HTML,
  json,
  read,
  stream,
  type Answer,
} from './support/answering.ts'

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

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
    await using server = await answering(answer)
    const error = await failureOf(server.url)
    expect(error).toMatchObject(expected)
    expect(error.message).toMatch(/\w+/u)
    expect(error.message).not.toContain('<')
    expect(server.requests).toEqual(['POST /chat'])
  })

  it('a 429 with a date tells the time until then', async () => {
    await using server = await answering(body(429, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }))
    const { retryAfterMs } = await failureOf(server.url)
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('a 502 of a proxy never leads to a blind second question: the run is read first', async () => {
    await using server = await answering(
      body(502, '<html><center>nginx</center></html>', { 'content-type': 'text/html' }),
      stream(framesOf(EVENTS)),
    )
    expect(await read(server.url)).toEqual(EVENTS)
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })

  it('a proxy that answers nothing but 502 is a typed error in the end, after one question', async () => {
    await using server = await answering(body(502, HTML, { 'content-type': 'text/html' }))
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
      await using server = await answering(
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
    await using server = await answering(stream(framesOf(EVENTS.slice(0, 2))), answer)
    expect(await failureOf(server.url)).toMatchObject({ code })
    expect(server.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })
})

describe('the other functions of a client', () => {
  it.each<[string, Answer, string]>([
    ['HTML', body(200, HTML, { 'content-type': 'text/html' }), 'bad-response'],
    ['an empty body', body(200, ''), 'bad-response'],
    ['a 401', body(401, ''), 'unauthorized'],
    ['a 500', body(500, HTML), 'unreachable'],
  ])('reject with a typed error for %s', async (_name, answer, code) => {
    await using server = await answering(answer)
    const client = createChatClient({ url: server.url })
    const id = crypto.randomUUID()
    for (const call of [client.stop(id), client.runs(), client.threads(), client.turns(id)]) {
      await expect(call).rejects.toMatchObject({ name: 'ChatClientError', code })
    }
  })

  it('encode ids that have a slash or a question mark', async () => {
    await using server = await answering(json(200, { threadId: 'a/b?c', turns: [] }))
    expect(await createChatClient({ url: server.url }).turns('a/b?c')).toEqual([])
    expect(server.requests).toEqual(['GET /threads/a%2Fb%3Fc'])
  })
})
