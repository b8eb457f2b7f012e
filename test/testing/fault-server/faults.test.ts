import { request } from 'node:http'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFaultServer,
  createGate,
  faults,
  openRawClient,
  step,
  type FaultBehaviour,
  type FaultServer,
} from '../../../src/testing.ts'
import { askChat, contentOf, eventsOf, piecesOf, readBody } from './ask-chat.ts'

/** Sends one request to a server that behaves as given, and reads it to its end. */
async function reply(behaviour: FaultBehaviour, body: Record<string, unknown> = {}) {
  await using server = await createFaultServer({ behaviour })
  const response = await askChat(server, { body })
  const { text, failure } = await readBody(response)
  const hit = await server.hit(0)
  return { status: response.status, headers: response.headers, text, failure, end: await hit.closed }
}

describe('faults.answer', () => {
  it('streams role, reasoning, text by words, finish reason, usage if asked for, and [DONE]', async () => {
    const behaviour = faults.answer('Hello big world', { reasoning: ['hm'], finishReason: 'length' })
    const { text } = await reply(behaviour, { stream_options: { include_usage: true } })
    const events = eventsOf(text)
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.slice(0, -1).map((data) => JSON.parse(data))
    expect(chunks.map(({ choices }) => choices[0]?.delta ?? null)).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'hm' },
      { content: 'Hello' },
      { content: ' big' },
      { content: ' world' },
      {},
      null,
    ])
    expect(chunks.at(-2).choices[0].finish_reason).toBe('length')
    expect(chunks.at(-1).usage).toEqual({ prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 })
    expect(chunks[0]).toMatchObject({ object: 'chat.completion.chunk', model: 'any' })
  })

  it('sends no usage unless it was requested', async () => {
    expect((await reply(faults.answer('Hello'))).text).not.toContain('usage')
  })

  it('computes its text from the request, and splits Chinese into characters', async () => {
    const { text } = await reply(faults.answer(({ body }) => `你好 ${JSON.stringify(body).length > 0}`))
    expect(contentOf(text)).toBe('你好 true')
    expect(eventsOf(text)).toHaveLength(6)
  })

  it('answers with one JSON object when no stream was requested', async () => {
    const { headers, text } = await reply(faults.answer('Hello world'), { stream: false })
    expect(headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(text)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Hello world' }, finish_reason: 'stop' }],
      usage: { total_tokens: 12 },
    })
  })
})

describe('faults before the stream', () => {
  it('limits the rate with a Retry-After in seconds, as a date, or without one', async () => {
    expect((await reply(faults.rateLimited())).headers.get('retry-after')).toBe('1')
    expect((await reply(faults.rateLimited({ retryAfter: 120 }))).headers.get('retry-after')).toBe('120')
    const retryAfter = new Date('2030-01-02T03:04:05Z')
    const { status, headers } = await reply(faults.rateLimited({ retryAfter, headers: { 'retry-after-ms': '7' } }))
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toBe('Wed, 02 Jan 2030 03:04:05 GMT')
    expect(headers.get('retry-after-ms')).toBe('7')
    expect((await reply(faults.rateLimited({ retryAfter: null }))).headers.has('retry-after')).toBe(false)
  })

  it('is unavailable a few times and then answers', async () => {
    await using server = await createFaultServer()
    server.use(faults.inTurn(faults.unavailable(529), faults.unavailable(500), faults.answer()))
    const statuses: number[] = []
    for (let hit = 0; hit < 4; hit += 1) statuses.push((await askChat(server)).status)
    expect(statuses).toEqual([529, 500, 200, 200])
  })

  it('rejects credentials and repeats the secret', async () => {
    expect(await reply(faults.unauthorized())).toMatchObject({
      status: 401,
      text: expect.stringContaining('sk-canary-0000'),
    })
    expect(await reply(faults.unauthorized({ code: 403, secret: 's3' }))).toMatchObject({
      status: 403,
      text: expect.stringContaining('s3'),
    })
  })

  it('rejects the request', async () => {
    expect(await reply(faults.rejected())).toMatchObject({ status: 400, text: expect.stringContaining('too long') })
  })

  it('sends an HTML page, or an error as JSON, with status 200', async () => {
    const page = await reply(faults.htmlPage())
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.text).toContain('<title>Sign in</title>')
    const error = await reply(faults.jsonError({ contentType: 'text/event-stream' }))
    expect(error.status).toBe(200)
    expect(error.headers.get('content-type')).toBe('text/event-stream')
    expect(JSON.parse(error.text)).toHaveProperty('error.message', 'The model is not loaded')
  })

  it('breaks the connection before any answer', async () => {
    await using server = await createFaultServer({ behaviour: faults.refused() })
    await expect(askChat(server)).rejects.toThrow('fetch failed')
    expect(await server.hits[0]?.closed).toBe('server')
  })

  it('never answers', async () => {
    await using server = await createFaultServer({ behaviour: faults.silent() })
    using client = await openRaw(server)
    await server.hit(0)
    expect(client.bytesReceived).toBe(0)
  })

  it('sends the head at once and nothing more', async () => {
    await using server = await createFaultServer({ behaviour: faults.headersOnly() })
    using client = await openRaw(server)
    expect((await client.head()).status).toBe(200)
    expect(client.text).toBe('')
  })
})

describe('faults in the stream', () => {
  const START = 'Hello world'

  it('stalls after some text', async () => {
    await using server = await createFaultServer({ behaviour: faults.stall({ deltas: ['only this'] }) })
    using client = await openRaw(server)
    expect(contentOf(await client.waitFor('only this'))).toBe('only this')
    expect(server.activeStreams()).toBe(1)
  })

  it.each(['reset', 'cut'] as const)('breaks off by %s after some text', async (fault) => {
    await using server = await createFaultServer()
    const gate = createGate()
    server.use(faults[fault]({ gate }))
    using client = await openRaw(server)
    expect(contentOf(await client.waitFor('world'))).toBe(START)
    gate.open()
    expect(await client.ended()).toBe(fault)
    expect(await server.hits[0]?.closed).toBe('server')
  })

  it.each(['reset', 'cut'] as const)('sends the head before a %s, and nothing more', async (fault) => {
    const behaviour = faults.sequence(step.head(202), step[fault](), 'never sent')
    await using server = await createFaultServer({ behaviour })
    using client = await openRaw(server)
    expect([(await client.head()).status, await client.ended()]).toEqual([202, fault])
  })

  it('shows a fetch client that the connection broke', async () => {
    expect((await reply(faults.reset())).failure).toBeInstanceOf(TypeError)
    expect((await reply(faults.cut())).failure).toBeInstanceOf(TypeError)
  })

  it('ends without finish reason and [DONE], or with only one of them', async () => {
    const bare = await reply(faults.incomplete())
    expect([contentOf(bare.text), bare.end, bare.failure]).toEqual([START, 'complete', undefined])
    expect(bare.text).not.toMatch(/\[DONE\]|"stop"/)
    const marked = (await reply(faults.doneWithoutReason())).text
    expect(marked).toContain('[DONE]')
    expect(marked).not.toContain('"stop"')
    const reasoned = (await reply(faults.reasonWithoutDone({ finishReason: 'content_filter' }))).text
    expect(reasoned).toContain('"content_filter"')
    expect(reasoned).not.toContain('[DONE]')
  })

  it('sends half a JSON object in the middle, or at the end without a line end', async () => {
    const middle = (await reply(faults.halfJson())).text
    expect(brokenEvents(middle)).toHaveLength(1)
    expect(eventsOf(middle).at(-1)).toBe('[DONE]')
    const end = (await reply(faults.halfJsonAtEnd())).text
    expect(brokenEvents(end)).toHaveLength(1)
    expect(end).not.toMatch(/\n$/)
  })

  it('sends error objects of several shapes', async () => {
    const lastData = async (options: Parameters<typeof faults.errorInStream>[0]) =>
      JSON.parse((await reply(faults.errorInStream({ message: 'oh', ...options }))).text.split('data: ').at(-1) ?? '')
    expect(await lastData({})).toHaveProperty('error.message', 'oh')
    expect(await lastData({ code: 'rate_limit_exceeded' })).toHaveProperty('error.code', 'rate_limit_exceeded')
    expect(await lastData({ shape: 'string' })).toEqual({ error: 'oh' })
    expect(await lastData({ shape: 'flat' })).toMatchObject({ object: 'error', message: 'oh' })
    expect((await reply(faults.errorInStream({ shape: 'event' }))).text).toContain('event: error\ndata: {"error"')
  })

  it.each([
    ['comments', faults.commentsOnly({ intervalMs: 1 }), ': keep-alive\n\n'.repeat(5)],
    ['roles', faults.rolesOnly({ intervalMs: 1 }), '"role":"assistant"'],
  ])('sends only %s', async (_name, behaviour, wanted) => {
    await using server = await createFaultServer({ behaviour })
    using client = await openRaw(server)
    const text = await client.waitFor((body) => body.includes(wanted) && body.split('\n\n').length > 5)
    expect(contentOf(text)).toBe('')
  })

  it('sends text endlessly', async () => {
    await using server = await createFaultServer({ behaviour: faults.endless({ delta: 'x' }) })
    using client = await openRaw(server)
    expect(await client.waitFor((text) => text.length > 200_000)).not.toContain('[DONE]')
  })

  it('sends one event of 64 MiB', async () => {
    await using server = await createFaultServer({ behaviour: faults.hugeEvent() })
    let length = 0
    let last = ''
    for await (const piece of piecesOf(await askChat(server))) {
      length += piece.length
      last = piece
    }
    expect(length).toBeGreaterThan(64 * 1024 * 1024)
    expect(last).toContain('[DONE]')
  })

  it('sends a huge event that is one JSON object', async () => {
    const { text } = await reply(faults.hugeEvent({ bytes: 100, pieceBytes: 7 }))
    expect(contentOf(text)).toBe('a'.repeat(100))
  })
})

describe('faults of certain vendors', () => {
  it.each(['param', 'detail', 'message'] as const)(
    'A7: rejects parameters in the shape %s, and answers without them',
    async (shape) => {
      const behaviour = faults.refusesParameters(['temperature', 'max_tokens'], { shape })
      const refused = await reply(behaviour, { max_tokens: 9 })
      expect(refused.status).toBe(shape === 'detail' ? 422 : 400)
      expect(refused.text).toContain('max_tokens')
      expect((await reply(behaviour, { seed: 1 })).status).toBe(200)
    },
  )

  it.each([
    [200, []],
    [200, ['system', 'user']],
    [200, ['user', 'assistant', 'user']],
    [400, ['system', 'system', 'user']],
    [400, ['user', 'system']],
  ])('A13: answers with %i to messages of %j', async (status, roles) => {
    const messages = roles.map((role) => ({ role, content: 'a' }))
    expect((await reply(faults.oneSystemMessage(), { messages })).status).toBe(status)
  })

  it('A2: reports a failure in every shape', async () => {
    const shapes = ['field', 'choice', 'detail', 'base-resp', 'code'] as const
    for (const shape of shapes) {
      const { text } = await reply(faults.errorInStream({ shape, message: 'broken', done: true }))
      expect(text).toContain('broken')
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    }
    expect((await reply(faults.errorInStream({ shape: 'field' }))).text).toContain('\nerror: {')
  })

  it('A15: sends one JSON object, or one per line', async () => {
    const { text, headers } = await reply(faults.jsonCompletion('Yes'))
    expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: 'Yes' } }] })
    expect(headers.get('content-type')).toBe('application/json')
    const lines = (await reply(faults.jsonLines('Yes'))).text.trim().split('\n')
    expect(lines.map((line) => Object(JSON.parse(line)).object)).toEqual(lines.map(() => 'chat.completion.chunk'))
  })
})

describe('faults.sequence and step', () => {
  it('combines parts, where a string is a text delta', async () => {
    const behaviour = faults.sequence(
      step.head(202, { 'x-test': 'yes' }),
      step.comment('hi'),
      'one',
      step.reasoning('hm'),
      step.delay(1),
      step.gate(Promise.resolve()),
      step.json({ odd: true }),
      step.usage({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }),
      step.raw('data: [DONE]\n\n'),
      step.end(),
      'never sent',
    )
    const { status, headers, text, end } = await reply(behaviour)
    expect([status, headers.get('x-test'), end]).toEqual([202, 'yes', 'complete'])
    expect(text).toContain(': hi\n\n')
    expect(text).toContain('data: {"odd":true}\n\n')
    expect(text).toContain('"total_tokens":3')
    expect(text).not.toContain('never sent')
  })
})

describe('faults.framed', () => {
  it('changes line ends and adds a byte order mark', async () => {
    const plain = (await reply(faults.answer('a b'))).text
    for (const lineEnd of ['\r\n', '\r'] as const) {
      const bytes = Buffer.concat(await chunksOf(faults.framed(faults.answer('a b'), { lineEnd, bom: true })))
      expect(bytes.toString()).toBe(`\uFEFF${plain.replaceAll('\n', lineEnd)}`)
    }
  })

  it('cuts the body into HTTP chunks of the given sizes, regardless of the writes', async () => {
    const whole = Buffer.concat(await chunksOf(faults.answer('Grüße 😀')))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        const pieces = await chunksOf(faults.framed(faults.answer('Grüße 😀'), { pieceBytes: sizes }))
        expect(Buffer.concat(pieces).equals(whole)).toBe(true)
        const expected = pieces.slice(0, -1).map((_, index) => sizes[index % sizes.length])
        expect(pieces.slice(0, -1).map(({ length }) => length)).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  it('sends buffered bytes before it breaks off', async () => {
    await using server = await createFaultServer()
    server.use(faults.framed(faults.cut(), { pieceBytes: Infinity }))
    using client = await openRaw(server)
    expect(await client.ended()).toBe('cut')
    expect(contentOf(client.text)).toBe('Hello world')
  })

  it('rejects an invalid piece size', () => {
    expect(() => faults.framed(faults.answer(), { pieceBytes: [3, 0] })).toThrow('pieces of 0 bytes')
  })
})

function openRaw(server: FaultServer) {
  return openRawClient({ port: server.port, path: '/v1/chat/completions', body: { model: 'any', stream: true } })
}

function brokenEvents(body: string): readonly string[] {
  return eventsOf(body).filter((data) => {
    if (data === '[DONE]') return false
    try {
      JSON.parse(data)
      return false
    } catch {
      return true
    }
  })
}

/** The HTTP chunks of a body, which `node:http` delivers one by one. */
async function chunksOf(behaviour: FaultBehaviour): Promise<readonly Buffer[]> {
  await using server = await createFaultServer({ behaviour })
  const { promise, resolve, reject } = Promise.withResolvers<readonly Buffer[]>()
  const options = { port: server.port, path: '/v1/chat/completions', method: 'POST' }
  const sent = request(options, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => resolve(chunks))
  })
  sent.on('error', reject)
  sent.end(JSON.stringify({ model: 'any', stream: true }))
  return await promise
}
