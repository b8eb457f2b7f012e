import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ChatModelEvent, ChatModelRequest } from '../../../../src/index.ts'
import { openaiResponsesModel, type OpenAIResponsesModelOptions } from '../../../../src/openai.ts'
import {
  chatModelContract,
  createFaultServer,
  createGate,
  faults,
  step,
  type ChatModelSubject,
  type FaultBehaviour,
  type FaultServer,
} from '../../../../src/testing.ts'
import { CLIENTS, type CreateClient } from '../clients.ts'

const REQUEST: ChatModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'Because.' },
    { role: 'user', content: 'And?' },
  ],
  purpose: 'answer',
  question: 'And?',
  sources: [],
}

function modelOf(server: FaultServer, createClient: CreateClient, options: Partial<OpenAIResponsesModelOptions> = {}) {
  return openaiResponsesModel({ client: createClient({ baseURL: server.baseURL }), model: 'gpt-test', ...options })
}

async function readAll(model: ReturnType<typeof modelOf>, request: Partial<ChatModelRequest> = {}) {
  const events: ChatModelEvent[] = []
  const { signal } = new AbortController()
  for await (const event of model.stream({ ...REQUEST, ...request }, { signal })) events.push(event)
  return events
}

/** The events of a stream that consists of these objects. */
async function eventsOf(createClient: CreateClient, ...values: readonly object[]) {
  const behaviour = faults.sequence(...values.map((value) => step.json(value)))
  await using server = await createFaultServer({ behaviour })
  return await readAll(modelOf(server, createClient))
}

const text = (delta: unknown) => ({ type: 'response.output_text.delta', output_index: 0, delta })
const last = (status: string, fields: object = {}) => ({ type: `response.${status}`, response: { status, ...fields } })
const STOP = { type: 'finish', finishReason: 'stop' }

describe.each(CLIENTS)('openaiResponsesModel over %s', (name, createClient) => {
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
    name: `openaiResponsesModel over ${name}`,
    create: subjectOf(faults.answer('Hello big world')),
    createHanging: subjectOf(faults.stall()),
    createFailing: subjectOf(faults.unavailable()),
  })

  it('requests a stream that is not stored, and sends only the given parameters', async () => {
    await using server = await createFaultServer()
    await readAll(modelOf(server, createClient), { temperature: 0, maxOutputTokens: 16 })
    await readAll(modelOf(server, createClient))
    const body = { model: 'gpt-test', input: REQUEST.messages, stream: true, store: false }
    expect(server.hits.map((hit) => hit.body)).toEqual([{ ...body, temperature: 0, max_output_tokens: 16 }, body])
    expect(server.hits.map((hit) => hit.path)).toEqual(['/v1/responses', '/v1/responses'])
  })

  it('lets extraBody add fields and override its own', async () => {
    await using server = await createFaultServer()
    const extraBody = { reasoning: { effort: 'low' }, store: true, model: 'other' }
    await readAll(modelOf(server, createClient, { extraBody }))
    const body = { input: REQUEST.messages, stream: true, ...extraBody }
    expect(server.hits.map((hit) => hit.body)).toEqual([body])
  })

  it('emits text, refusals, reasoning, and the usage with the end', async () => {
    const usage = { input_tokens: 5, output_tokens: 3, total_tokens: 8 }
    const events = await eventsOf(
      createClient,
      { type: 'response.created', response: { status: 'in_progress' } },
      { type: 'response.output_item.added', item: { type: 'reasoning' } },
      { type: 'response.reasoning_text.delta', delta: 'hm' },
      text('Hello'),
      { type: 'response.refusal.delta', delta: ' No.' },
      last('completed', { usage }),
    )
    expect(events).toEqual([
      { type: 'reasoning' },
      { type: 'reasoning' },
      { type: 'text', delta: 'Hello' },
      { type: 'text', delta: ' No.' },
      { ...STOP, usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 } },
    ])
  })

  it.each<[string, object]>([
    ['response.reasoning_summary_text.delta', { delta: 'hm' }],
    ['response.function_call_arguments.delta', { delta: '{' }],
    ['response.web_search_call.searching', {}],
    ['response.mcp_call.failed', {}],
    ['response.something_new', {}],
  ])('counts %s as activity', async (type, fields) => {
    const events = await eventsOf(createClient, { type, ...fields }, text('Yes'), last('completed'))
    expect(events).toEqual([{ type: 'reasoning' }, { type: 'text', delta: 'Yes' }, STOP])
  })

  it.each(['response.created', 'response.queued', 'response.in_progress', 'response.heartbeat', 'keepalive', 'ping'])(
    'does not count %s as activity',
    async (type) => {
      const events = await eventsOf(createClient, { type }, text('Yes'), { type }, last('completed'))
      expect(events).toEqual([{ type: 'text', delta: 'Yes' }, STOP])
    },
  )

  it.each<[string, object, string]>([
    ['completed', last('completed'), 'stop'],
    ['incomplete by its limit', last('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }), 'length'],
    [
      'incomplete by a filter',
      last('incomplete', { incomplete_details: { reason: 'content_filter' } }),
      'content-filter',
    ],
    ['incomplete for no reason', last('incomplete'), 'length'],
    ['completed, but cut', { ...last('incomplete'), type: 'response.completed' }, 'length'],
    ['completed without its response', { type: 'response.completed' }, 'stop'],
    ['done', { type: 'response.done', response: {} }, 'stop'],
    ['incomplete by a steering message', last('incomplete', { incomplete_details: { reason: 'steered' } }), 'other'],
  ])('ends a response that is %s', async (_title, end, finishReason) => {
    expect((await eventsOf(createClient, text('Yes'), end)).at(-1)).toMatchObject({ type: 'finish', finishReason })
  })

  it.each<[string, object, string]>([
    ['response.failed', last('failed', { error: { code: 'server_error', message: 'no' } }), 'upstream-unavailable'],
    ['response.failed without an error', { type: 'response.failed' }, 'upstream-unavailable'],
    ['response.cancelled', last('cancelled'), 'upstream-unavailable'],
    ['a failed status', { ...last('failed'), type: 'response.completed' }, 'upstream-unavailable'],
    ['response.error', { type: 'response.error', code: 'rate_limit_exceeded', message: 'no' }, 'upstream-rate-limited'],
    ['a flat error', { type: 'error', code: 'invalid_api_key', message: 'no' }, 'upstream-auth'],
    ['a nested error', { type: 'error', error: { code: 'rate_limit_exceeded' } }, 'upstream-rate-limited'],
    ['a content filter', last('failed', { error: { code: 'content_filter', message: 'no' } }), 'upstream-rejected'],
  ])('fails for %s', async (_title, failure, code) => {
    await expect(eventsOf(createClient, text('Yes'), failure)).rejects.toMatchObject({ code })
  })

  it('fails as upstream-incomplete without a last event, even if [DONE] follows', async () => {
    const done = faults.sequence('Hello', step.done())
    await using server = await createFaultServer({ behaviour: done })
    await expect(readAll(modelOf(server, createClient))).rejects.toMatchObject({ code: 'upstream-incomplete' })
  })

  it('reads the text of a response that comes without deltas', async () => {
    const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Yes' }] }]
    const whole = [{ type: 'text', delta: 'Yes' }, STOP]
    expect(await eventsOf(createClient, last('completed', { output }))).toEqual(whole)
    expect(await eventsOf(createClient, { type: 'response.output_text.done', text: 'Yes' }, last('completed'))).toEqual(
      whole,
    )
  })

  it('ends with its last event, even if the connection stays open', async () => {
    const behaviour = faults.sequence('Hello', step.finish(), step.silence())
    await using server = await createFaultServer({ behaviour })
    expect(await readAll(modelOf(server, createClient))).toEqual([{ type: 'text', delta: 'Hello' }, STOP])
    expect(await (await server.hit(0)).closed).toBe('client')
  })

  it('ends with its last event, even if a reset follows', async () => {
    const gate = createGate()
    const behaviour = faults.sequence('Hello', step.finish('length'), step.gate(gate), step.reset())
    await using server = await createFaultServer({ behaviour })
    expect((await readAll(modelOf(server, createClient))).at(-1)).toEqual({ type: 'finish', finishReason: 'length' })
    gate.open()
  })

  it('rejects an event larger than maxEventBytes, and accepts a smaller one', async () => {
    await using server = await createFaultServer({ behaviour: faults.hugeEvent({ bytes: 10_000 }) })
    expect(await readAll(modelOf(server, createClient, { maxEventBytes: 20_000 }))).toHaveLength(2)
    const small = modelOf(server, createClient, { maxEventBytes: 5_000 })
    await expect(readAll(small)).rejects.toMatchObject({ code: 'upstream-bad-response' })
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

  it('omits a temperature that the model refuses, and remembers it', async () => {
    await using server = await createFaultServer({ behaviour: faults.refusesParameters('temperature') })
    const model = modelOf(server, createClient)
    await readAll(model, { temperature: 0 })
    await readAll(model, { temperature: 0 })
    expect(server.hits.map(({ body }) => 'temperature' in Object(body))).toEqual([true, false, false])
  })

  it.each(['store', 'max_output_tokens'])('never omits %s', async (parameter) => {
    await using server = await createFaultServer({ behaviour: faults.refusesParameters(parameter) })
    const reading = readAll(modelOf(server, createClient), { maxOutputTokens: 16 })
    await expect(reading).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(server.hits).toHaveLength(1)
  })
})

describe('openaiResponsesModel with invalid options', () => {
  it.each([
    ['client', { client: undefined }],
    ['client.responses.create', { client: { chat: {} } }],
    ['model', { model: '' }],
    ['maxEventBytes', { maxEventBytes: 0 }],
    ['thinking', { thinking: 'maybe' }],
  ])('throws at once for an invalid %s', (field, wrong) => {
    const [, createClient] = CLIENTS[0] ?? expect.fail('There is no client')
    const options = { client: createClient({ baseURL: 'http://127.0.0.1/v1' }), model: 'gpt-test', ...wrong }
    expect(() => openaiResponsesModel(options as OpenAIResponsesModelOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})
