import { getEventListeners } from 'node:events'
import { fetch as undiciFetch } from 'undici'
import { describe, expect, it } from 'vitest'
import type { ChatModelEvent, ChatModelRequest } from '../../../src/index.ts'
import { openaiChatModel, type OpenAIChatModelOptions } from '../../../src/openai.ts'
import {
  chatModelContract,
  createFaultServer,
  createGate,
  faults,
  step,
  type ChatModelSubject,
  type FaultBehaviour,
  type FaultServer,
} from '../../../src/testing.ts'
import { CLIENTS, type CreateClient } from './clients.ts'

const REQUEST: ChatModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
  ],
  purpose: 'answer',
  question: 'Why?',
  sources: [],
}

/** A model with a server that behaves as given. */
function modelOf(server: FaultServer, createClient: CreateClient, options: Partial<OpenAIChatModelOptions> = {}) {
  return openaiChatModel({ client: createClient({ baseURL: server.baseURL }), model: 'gpt-test', ...options })
}

async function readAll(model: ReturnType<typeof modelOf>, request: Partial<ChatModelRequest> = {}) {
  const events: ChatModelEvent[] = []
  const { signal } = new AbortController()
  for await (const event of model.stream({ ...REQUEST, ...request }, { signal })) events.push(event)
  return events
}

describe.each(CLIENTS)('openaiChatModel over %s', (name, createClient) => {
  const subjectOf = (behaviour: FaultBehaviour) => async (): Promise<ChatModelSubject> => {
    const server = await createFaultServer({ behaviour })
    return {
      model: modelOf(server, createClient),
      started: () => server.hits.length,
      released: server.idle,
      close: server.close,
    }
  }

  chatModelContract({
    describe,
    it,
    name: `openaiChatModel over ${name}`,
    create: subjectOf(faults.answer('Hello big world')),
    createHanging: subjectOf(faults.stall()),
    createFailing: subjectOf(faults.unavailable()),
  })

  it('requests a stream with usage, and sends only the given parameters', async () => {
    await using server = await createFaultServer()
    await readAll(modelOf(server, createClient), { temperature: 0, maxOutputTokens: 9 })
    await readAll(modelOf(server, createClient))
    const body = {
      model: 'gpt-test',
      messages: REQUEST.messages,
      stream: true,
      stream_options: { include_usage: true },
    }
    expect(server.hits.map((hit) => hit.body)).toEqual([{ ...body, temperature: 0, max_completion_tokens: 9 }, body])
    expect(server.hits[0]?.headers).toMatchObject({ authorization: 'Bearer key' })
  })

  it('lets extraBody add fields and override its own', async () => {
    await using server = await createFaultServer()
    const extraBody = { seed: 7, model: 'other', stream_options: undefined }
    const events = await readAll(modelOf(server, createClient, { extraBody }))
    const body = { model: 'other', messages: REQUEST.messages, stream: true, seed: 7 }
    expect(server.hits.map((hit) => hit.body)).toEqual([body])
    expect(events.at(-1)).toEqual({ type: 'finish', finishReason: 'stop' })
  })

  it('emits text, refusals, reasoning, and the usage with the end', async () => {
    const refusal = step.json({ choices: [{ index: 0, delta: { refusal: ' No.' }, finish_reason: null }] })
    const thinking = step.json({ choices: [{ index: 0, delta: { reasoning: 'hm' }, finish_reason: null }] })
    const usage = step.usage({ prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 })
    const behaviour = faults.sequence(
      step.role(),
      step.reasoning('hm'),
      thinking,
      'Hello',
      step.json({ choices: [] }),
      step.json({}),
      refusal,
      step.finish('stop'),
      usage,
      step.done(),
    )
    await using server = await createFaultServer({ behaviour })
    expect(await readAll(modelOf(server, createClient))).toEqual([
      { type: 'reasoning' },
      { type: 'reasoning' },
      { type: 'text', delta: 'Hello' },
      { type: 'text', delta: ' No.' },
      { type: 'finish', finishReason: 'stop', usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 } },
    ])
  })

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['tool_calls', 'other'],
    ['constructor', 'other'],
  ])('maps the finish reason %s to %s', async (vendorReason, finishReason) => {
    await using server = await createFaultServer({ behaviour: faults.answer('a', { finishReason: vendorReason }) })
    expect((await readAll(modelOf(server, createClient))).at(-1)).toMatchObject({ type: 'finish', finishReason })
  })

  it('computes a missing total, and ignores an incomplete usage', async () => {
    const usageOf = async (usage: object) => {
      const behaviour = faults.sequence('a', step.finish(), step.json({ choices: [], usage }), step.done())
      await using server = await createFaultServer({ behaviour })
      return (await readAll(modelOf(server, createClient))).at(-1)
    }
    expect(await usageOf({ prompt_tokens: 5, completion_tokens: 3 })).toMatchObject({ usage: { totalTokens: 8 } })
    expect(await usageOf({ prompt_tokens: 5 })).toEqual({ type: 'finish', finishReason: 'stop' })
  })

  it.each(['reset', 'cut'] as const)('F11: treats a finish reason as the end, even if a %s follows', async (fault) => {
    const gate = createGate()
    // Receiving the reasoning shows that the event before it was read.
    const broken = faults.sequence(step.finish('length'), step.reasoning('hm'), step.gate(gate), step[fault]())
    await using server = await createFaultServer({ behaviour: broken })
    const { signal } = new AbortController()
    const reader = modelOf(server, createClient).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    expect(await reader.next()).toMatchObject({ value: { type: 'reasoning' } })
    gate.open()
    expect(await reader.next()).toEqual({ value: { type: 'finish', finishReason: 'length' }, done: false })
    expect(await reader.next()).toEqual({ value: undefined, done: true })
  })

  it('treats every event named error as an error', async () => {
    const named = faults.sequence(
      'Hello',
      step.raw('event: error\ndata: {"message":"broken","code":429}\n\n'),
      step.done(),
    )
    await using server = await createFaultServer({ behaviour: named })
    await expect(readAll(modelOf(server, createClient))).rejects.toMatchObject({ code: 'upstream-rate-limited' })
  })

  it('rejects an event larger than maxEventBytes, and accepts a smaller one', async () => {
    await using server = await createFaultServer({ behaviour: faults.hugeEvent({ bytes: 10_000 }) })
    expect(await readAll(modelOf(server, createClient, { maxEventBytes: 20_000 }))).toHaveLength(2)
    const small = modelOf(server, createClient, { maxEventBytes: 5_000 })
    await expect(readAll(small)).rejects.toMatchObject({ code: 'upstream-bad-response' })
  })

  it('ends after it has thrown, and holds no connection', async () => {
    const bad = faults.sequence('Hello', step.raw('data: {\n\n'), ' and on', step.silence())
    await using server = await createFaultServer({ behaviour: bad })
    const { signal } = new AbortController()
    const reader = modelOf(server, createClient).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    expect(await reader.next()).toMatchObject({ value: { type: 'text', delta: 'Hello' } })
    await expect(reader.next()).rejects.toMatchObject({ code: 'upstream-bad-response' })
    expect(await (await server.hit(0)).closed).toBe('client')
    expect(await reader.next()).toEqual({ value: undefined, done: true })
  })

  it('answers reads at the same time in order, also when it is returned during them', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer('Hello big world') })
    const { signal } = new AbortController()
    const events = modelOf(server, createClient).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    const results = await Promise.all(Array.from({ length: 5 }, () => events.next()))
    expect(results.map(({ value }) => value?.type)).toEqual(['text', 'text', 'text', 'finish', undefined])

    await using hanging = await createFaultServer({ behaviour: faults.stall({ deltas: ['They'] }) })
    const left = modelOf(hanging, createClient).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    await left.next()
    const pending = [left.next(), left.next()]
    await left.return?.()
    expect(await Promise.all(pending)).toMatchObject([{ done: true }, { done: true }])
  })

  it('aborts its request when it is returned before the response', async () => {
    await using server = await createFaultServer({ behaviour: faults.silent() })
    const { signal } = new AbortController()
    const reader = modelOf(server, createClient).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    const first = reader.next()
    const hit = await server.hit(0)
    await reader.return?.()
    expect(await first).toEqual({ value: undefined, done: true })
    expect(await hit.closed).toBe('client')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('reads Retry-After with an injected fetch too', async () => {
    await using server = await createFaultServer({ behaviour: faults.rateLimited({ retryAfter: 7 }) })
    // The fetch of the npm package has its own classes with the same interface.
    const client = createClient({ baseURL: server.baseURL, fetch: undiciFetch as unknown as typeof fetch })
    const model = openaiChatModel({ client, model: 'gpt-test' })
    await expect(readAll(model)).rejects.toMatchObject({ code: 'upstream-rate-limited', retryAfterMs: 7_000 })
  })
})

describe('openaiChatModel with invalid options', () => {
  it.each([
    ['client', { client: undefined }],
    ['client.chat.completions.create', { client: { chat: {} } }],
    ['model', { model: '' }],
    ['model', { model: undefined }],
    ['maxEventBytes', { maxEventBytes: 0 }],
  ])('throws at once for an invalid %s', (field, wrong) => {
    const [, createClient] = CLIENTS[0] ?? expect.fail('There is no client')
    const options = { client: createClient({ baseURL: 'http://127.0.0.1/v1' }), model: 'gpt-test', ...wrong }
    expect(() => openaiChatModel(options as OpenAIChatModelOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})
