import { describe, expect, it } from 'vitest'
import { nativeNdjson, type ChatHandler } from '../../src/server.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { MOUNTS } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

const BODY = '{"question":"Why?"}'

type Wrap = (handler: ChatHandler) => ChatHandler

/** As an application does that looks at every response. */
const wrapped: Wrap = (handler) => async (request, context) => handler(request, context)

/** As an application does that changes what it sends. */
const edited: Wrap = (handler) => async (request, context) => {
  const response = await handler(request, context)
  response.headers.set('x-app', 'yes')
  return response
}

/** As an application does that changes the text of an answer. */
const rewritten: Wrap = (handler) => async (request, context) => {
  const { body, status, headers } = await handler(request, context)
  const upper = new TransformStream<string, string>({
    transform: (text, controller) => controller.enqueue(text.replaceAll('Hello', 'HELLO')),
  })
  const text = body?.pipeThrough(new TextDecoderStream() as never).pipeThrough(upper)
  return new Response(text?.pipeThrough(new TextEncoderStream()) ?? null, { status: status + 3, headers })
}

/** Only the value can answer. */
const valueOnly: Wrap = ({ answer }) =>
  Object.assign(() => Promise.reject(new Error('The adapter asked for a Response')), answer && { answer })

// Hono always takes a `Response`.
const WRITING = MOUNTS.filter(({ name }) => !name.startsWith('Hono'))

describe.each(WRITING)('a handler of createChatHandler under $name', (mount) => {
  it('answers with a value, and no Response is made', async () => {
    await using app = await openApp(mount, { wrap: valueOnly })
    expect((await app.send({ body: BODY })).text).toContain('event: done')
    expect(await app.sendJson({ body: BODY })).toMatchObject({ answer: 'Hello world' })
    expect((await app.send({ path: '/chat', body: '{}' })).status).toBe(400)
    expect((await app.send({ method: 'GET', path: '/other' })).text).toBe('another route')
  })
})

describe.each(MOUNTS)('a handler in a function of the application under $name', (mount) => {
  it('answers with the same head and body as the handler itself', async () => {
    const runId = crypto.randomUUID()
    const body = JSON.stringify({ question: 'Why?', runId })
    const requests = [
      { body, headers: { accept: 'text/plain' } },
      { body: '{}' },
      { method: 'GET', path: '/threads' },
      { method: 'GET', path: `/runs/${runId}/events?after=x` },
      { method: 'PUT', path: '/chat', body: '{}' },
    ] as const
    await using plain = await openApp(mount)
    await using app = await openApp(mount, { wrap: wrapped })
    for (const request of requests) {
      const [expected, { status, headers, text }] = [await plain.send(request), await app.send(request)]
      expect(status).toBe(expected.status)
      expect(withoutDate(headers)).toEqual(withoutDate(expected.headers))
      if (status === 200 && 'body' in request) expect(text).toBe(expected.text)
    }
  })

  it('leaves a path that the handler does not know to the next route', async () => {
    await using app = await openApp(mount, { wrap: wrapped })
    expect((await app.send({ method: 'GET', path: '/other' })).text).toBe('another route')
  })

  it.each([
    ['end', wrapped],
    ['destroy', rewritten],
  ] as const)('stops the model when the client leaves (%s)', async (leave, wrap) => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using app = await openApp(mount, { wrap, handler: { model } })
    using client = await app.ask()
    await client.waitFor((text) => /"delta":"hello"/i.test(text))
    client[leave]()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.active).toBe(0))
  })

  it('streams a dialect whose media type begins like that of JSON', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const headers = { 'content-type': 'application/json-seq' }
    const dialect = { ...nativeNdjson, name: 'seq', mediaType: 'application/json-seq', headers, path: '/seq' }
    await using app = await openApp(mount, { wrap: wrapped, handler: { model, dialects: [dialect] } })
    using client = await app.ask({ path: '/seq' })
    expect(await client.waitFor('Hello')).not.toContain('done')
  })

  it('sends the headers that the function has set, of a stream and of one object', async () => {
    await using app = await openApp(mount, { wrap: edited })
    for (const accept of ['text/event-stream', 'application/json']) {
      const { status, headers, text } = await app.send({ body: BODY, headers: { accept } })
      expect([status, headers.get('x-app'), headers.get('content-type')?.split(';')[0]]).toEqual([200, 'yes', accept])
      expect(text).toContain('Hello world')
    }
  })

  it('sends the body and the status that the function has put in their place, piece by piece', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Hello', { gate }, ' world', { type: 'finish', finishReason: 'stop' }])
    await using app = await openApp(mount, { wrap: rewritten, handler: { model } })
    using client = await app.ask()
    expect((await client.head()).status).toBe(203)
    expect(await client.waitFor('"HELLO"')).not.toContain('world')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('"answer":"HELLO world"')
  })
})

function withoutDate(headers: Headers): object {
  const { date: _date, connection: _connection, ...others } = Object.fromEntries(headers)
  return others
}

// Fastify has read the body, which only the context has.
const WITH_BODY = MOUNTS.filter(({ name }) => !name.startsWith('Fastify'))

describe.each(WITH_BODY)('a function that passes on nothing but the request, under $name', (mount) => {
  it('stops the model when the client leaves', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const wrap: Wrap = (handler) => async (request) => handler(request)
    await using app = await openApp(mount, { wrap, handler: { model } })
    using client = await app.ask({ headers: { accept: 'application/json' } })
    await eventually(() => expect(model.calls).toHaveLength(1))
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.active).toBe(0))
  })
})
