import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { streamChat, type ChatError, type ChatEvent } from '../../src/index.ts'
import { sendToNode, toNodeReadable } from '../../src/node.ts'
import { createChatHandler, createRunRegistry, type RunRegistryOptions } from '../../src/server.ts'
import { fakeRetriever, manualClock, openRawClient, scriptedChatModel, type ScriptStep } from '../../src/testing.ts'
import { toReadableStream, toResponse, type SinkFormat, type SinkOptions } from '../../src/web.ts'
import { done, START, token } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { eventually } from '../support/eventually.ts'
import { standsStill } from '../testing/stands-still.ts'
import { fakeResponse } from './support/fake-response.ts'
import { run } from './support/servers.ts'

/** The ways in which a server reports to the handler that the client has left. */
const WAYS = ['the signal in the context', "the request's own signal"] as const

type Way = (typeof WAYS)[number]

const SILENT: readonly ScriptStep[] = [{ hang: 'until-abort' }]
const SILENT_AFTER_TEXT: readonly ScriptStep[] = ['Hello', { hang: 'until-abort' }]

function* talking(): Generator<ScriptStep> {
  for (;;) {
    yield 'word '
    yield { gate: nextTurn() }
  }
}

const MOMENTS = [
  ['before the first token', SILENT, 'event: status'],
  ['while the model is silent', SILENT_AFTER_TEXT, '"delta":"Hello"'],
  ['while the model talks', talking, '"at":50'],
] as const

describe.each(WAYS)('a server that never cancels a body, with %s', (way) => {
  it.each(MOMENTS)('A17: stops the model when the client leaves %s', async (_name, script, wanted) => {
    const model = scriptedChatModel(script)
    await using app = await openCarelessApp(way, { model })
    using client = await openRawClient({ port: app.port, path: '/chat', body: { question: 'Why?' } })
    await client.waitFor(wanted)
    expect(model.calls[0]?.end).toBeUndefined()
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.runs.active).toBe(0))
    expect(app.errors).toEqual([])
    await app.bodyEnded()
  })

  it('A17: continues a run with continueForMs, and ends the response of a reader that resumed', async () => {
    const model = scriptedChatModel(SILENT_AFTER_TEXT)
    await using app = await openCarelessApp(way, { model }, { onDisconnect: { continueForMs: 60_000 } })
    const runId = crypto.randomUUID()
    const paths = [{ path: '/chat', body: { question: 'Why?', runId } }, { path: `/runs/${runId}/events` }]
    for (const request of paths) {
      using client = await openRawClient({ port: app.port, ...request })
      await client.waitFor('"delta":"Hello"')
      client.destroy()
      await app.bodyEnded()
      expect([app.runs.active, model.calls[0]?.end]).toEqual([1, undefined])
    }
    await app.clock.advance(60_000)
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('A17: has no effect for a client that stays', async () => {
    await using app = await openCarelessApp(way, { model: scriptedChatModel(['Hello', { type: 'finish' }]) })
    using client = await openRawClient({ port: app.port, path: '/chat', body: { question: 'Why?' } })
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('event: done')
    await app.bodyEnded()
    expect(app.signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([])
  })
})

describe('createChatHandler', () => {
  it('A17: stops a run whose body was not read yet when the signal aborted', async () => {
    const { handler, runs } = createApp({ model: scriptedChatModel(SILENT) })
    const left = new AbortController()
    const response = await handler(question(), { signal: left.signal })
    expect(runs.active).toBe(1)
    left.abort()
    await eventually(() => expect(runs.active).toBe(0))
    expect(await response.text()).toBe('')
    expect(getEventListeners(left.signal, 'abort')).toEqual([])
  })

  it('A17: leaves no listener on a long-lived signal after 200 answers', async () => {
    const { handler } = createApp({ model: scriptedChatModel(['Hello', { type: 'finish' }]) })
    const { signal } = new AbortController()
    for (let count = 0; count < 200; count += 1) {
      const response = await handler(question(), { signal })
      if (count % 2 === 0) await response.text()
      else await response.body?.cancel()
    }
    await eventually(() => expect(getEventListeners(signal, 'abort')).toEqual([]))
  })
})

const FORMATS: readonly SinkFormat[] = ['sse', 'ndjson', 'text']

describe.each(FORMATS)('the body of a response as %s', (format) => {
  /** Text has no terminal event that could be missing, so only an error shows that it is incomplete. */
  async function expectCut(reading: Promise<unknown>): Promise<void> {
    if (format === 'text') await expect(reading).rejects.toBe('the client left')
    else expect(await reading).toEqual({ done: true, value: undefined })
  }

  function open(options: SinkOptions = {}) {
    const source = drivenStream()
    const clock = manualClock()
    const left = new AbortController()
    const errors: ChatError[] = []
    const onError = (error: ChatError) => errors.push(error)
    const body = toReadableStream(source, { format, clock, signal: left.signal, onError, ...options })
    const leave = () => left.abort('the client left')
    const listeners = () => getEventListeners(left.signal, 'abort').length
    return { source, clock, leave, listeners, errors, reader: body.getReader() }
  }

  it('A17: ends at once when the signal aborts while the source is silent, and ignores a second abort', async () => {
    const { source, leave, reader, clock, listeners, errors } = open()
    source.push(START)
    source.push(token('Hello', { seq: 1, at: 0 }))
    for (let text = ''; !text.includes('Hello');) text += new TextDecoder().decode((await reader.read()).value)
    const pending = reader.read()
    leave()
    leave()
    await expectCut(pending)
    expect({ returns: source.returns, timers: clock.pending, listeners: listeners(), errors }).toEqual({
      returns: 1,
      timers: 0,
      listeners: 0,
      errors: [],
    })
  })

  it('A17: stops the source when the signal aborts between two reads, and leaves no timer', async () => {
    const { source, leave, reader, clock, listeners } = open()
    source.push(START)
    source.push(token('Hello', { seq: 1, at: 0 }))
    await reader.read()
    leave()
    expect({ returns: source.returns, timers: clock.pending, listeners: listeners() }).toEqual({
      returns: 1,
      timers: 0,
      listeners: 0,
    })
    await expectCut(reader.read())
  })

  it('A17: starts nothing under a signal that has already aborted, and adds no listener before it is read', async () => {
    const { source, leave, reader, listeners } = open()
    expect(listeners()).toBe(0)
    leave()
    await expectCut(reader.read())
    expect(source.reads).toBe(0)
  })

  it('A17: ignores a signal that aborts after the end', async () => {
    const { source, leave, reader, listeners } = open()
    for (const event of [START, token('Hello', { seq: 1, at: 0 }), done('Hello', { seq: 2 })]) source.push(event)
    let read = await reader.read()
    while (!read.done) read = await reader.read()
    expect(listeners()).toBe(0)
    leave()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })
})

describe('other sinks', () => {
  it.each([
    ['at once', true],
    ['while the source is silent', false],
  ])('A17: sendToNode breaks off the response when its signal aborts %s', async (_name, early) => {
    const source = drivenStream()
    const left = new AbortController()
    const response = fakeResponse()
    const clock = manualClock()
    if (early) left.abort()
    const outcome = sendToNode(source, response, { signal: left.signal, clock })
    left.abort()
    expect(await outcome).toBe('disconnected')
    expect(response).toMatchObject({ destroyed: true, ended: false })
    expect([source.returns, clock.pending, getEventListeners(left.signal, 'abort')]).toEqual([1, 0, []])
  })

  it('A17: sendToNode removes its listener after an answer', async () => {
    const { signal } = new AbortController()
    await using server = await run(
      createServer((_request, response) => void sendToNode(say('Hello'), response, { signal })),
      { outcomes: [] },
    )
    using client = await openRawClient({ port: server.port })
    expect(await client.ended()).toBe('complete')
    await eventually(() => expect(getEventListeners(signal, 'abort')).toEqual([]))
  })

  it('A17: toNodeReadable ends when its signal aborts', async () => {
    const source = drivenStream()
    const left = new AbortController()
    const readable = toNodeReadable(source, { signal: left.signal })
    const over = once(readable, 'end')
    readable.resume()
    await once(readable, 'data')
    left.abort()
    await over
    expect(source.returns).toBe(1)
  })
})

describe('toResponse in a route of a server that never cancels a body', () => {
  it.each(MOMENTS)('A17: stops the model when the client leaves %s', async (_name, script, wanted) => {
    const model = scriptedChatModel(script)
    await using app = await serveCarelessly(async (request, signal) => {
      const { question } = (await request.json()) as { readonly question: string }
      return toResponse(streamChat({ question, retriever: fakeRetriever(['It is so.']), model }), { signal })
    })
    using client = await openRawClient({ port: app.port, body: { question: 'Why?' } })
    await client.waitFor(wanted)
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await app.bodyEnded()
  })
})

function say(text: string): AsyncIterable<ChatEvent> {
  const model = scriptedChatModel([text, { type: 'finish' }])
  return streamChat({ question: 'Why?', retriever: fakeRetriever(['It is so.']), model })
}

function question(): Request {
  const headers = { 'content-type': 'application/json' }
  return new Request('http://a.example/chat', { method: 'POST', headers, body: '{"question":"Why?"}' })
}

function createApp(
  { model }: { readonly model: ReturnType<typeof scriptedChatModel> },
  options: RunRegistryOptions = {},
) {
  const clock = manualClock()
  const errors: ChatError[] = []
  const runs = createRunRegistry({ clock, ...options })
  const handler = createChatHandler({
    model,
    runs,
    clock,
    retriever: fakeRetriever(['It is so.']),
    scope: () => 'everybody',
    onError: (error) => void errors.push(error),
  })
  return { handler, runs, clock, errors }
}

async function openCarelessApp(way: Way, ...options: Parameters<typeof createApp>) {
  const { handler, ...app } = createApp(...options)
  const signals: AbortSignal[] = []
  const server = await serveCarelessly((plain, left) => {
    const inContext = way === 'the signal in the context'
    const request = inContext ? plain : new Request(plain, { signal: left })
    signals.push(inContext ? left : request.signal)
    return handler(request, inContext ? { signal: left } : {})
  })
  return { ...app, ...server, signals }
}

async function toRequest(message: IncomingMessage): Promise<Request> {
  const { url, method = 'GET' } = message
  const body = method === 'POST' ? JSON.stringify(await json(message)) : null
  return new Request(`http://localhost${url}`, { method, headers: { 'content-type': 'application/json' }, body })
}

/**
 * A server that handles a response as h3 1 does: it writes everything without back-pressure, and never cancels a body.
 */
async function serveCarelessly(answer: (request: Request, signal: AbortSignal) => Promise<Response>) {
  let bodies = 0
  let ended = 0

  async function respond(request: Request, response: ServerResponse): Promise<void> {
    const left = new AbortController()
    response.once('close', () => {
      if (!response.writableEnded) left.abort()
    })
    const { status, headers, body } = await answer(request, left.signal)
    response.writeHead(status, Object.fromEntries(headers))
    bodies += 1
    await body?.pipeTo(new WritableStream({ write: (chunk) => void response.write(chunk) }))
    ended += 1
    response.end()
  }

  const server = await run(
    createServer((message, response) => void toRequest(message).then((request) => respond(request, response))),
    { outcomes: [] },
  )
  const bodyEnded = async () => {
    await eventually(() => expect(ended).toBe(bodies))
    await standsStill(() => ended)
  }
  return {
    port: server.port,
    bodyEnded,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
