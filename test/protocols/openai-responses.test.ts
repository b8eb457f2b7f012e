import { Agent, OpenAIResponsesModel, run, setTracingDisabled } from '@openai/agents'
import { createOpenResponses } from '@ai-sdk/open-responses'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import OpenAI6 from 'openai6'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/openai-responses.ts'
import { publicMessage } from '../../src/index.ts'
import { finalResponseOf, framesOf, responseObject } from '../dialects/openai-responses/support/wire.ts'
import { collect } from '../support/bytes.ts'
import { carries, lacks } from './support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS } from './support/played-model.ts'
import { serveChat, type ServeChatOptions, type ServedChat } from './support/serve-chat.ts'

const open = (options: Partial<ServeChatOptions> = {}) => serveChat({ dialects: [openaiResponses()], ...options })

const SDKS = { 'openai-6-responses': OpenAI6, 'openai-7-responses': OpenAI } as const
const OPENAI = ['openai-6-responses', 'openai-7-responses'] as const
type Sdk = (typeof OPENAI)[number]

/** Both versions of the package have the same methods; the tests are typed by the newer one. */
function clientOf(sdk: Sdk, chat: ServedChat): OpenAI {
  const Client = SDKS[sdk] as typeof OpenAI
  return new Client({ apiKey: 'none', baseURL: `${chat.url}/v1`, maxRetries: 0 })
}

const FAILURE = publicMessage('upstream-unavailable')

const SEARCH = {
  type: 'file_search_call',
  status: 'completed',
  queries: [ask()],
  results: [
    { file_id: 'cats', filename: 'Cats', score: 0.9, text: SOURCE_TEXTS[0] },
    { file_id: 'dogs', filename: 'Dogs', score: 0.8, text: SOURCE_TEXTS[1] },
  ],
}

const CITATIONS = [
  {
    type: 'url_citation',
    url: 'https://pets.example/cats',
    title: 'Cats',
    start_index: ANSWER_TEXT.indexOf('[1]'),
    end_index: ANSWER_TEXT.indexOf('[1]') + 3,
  },
  { type: 'file_citation', file_id: 'dogs', filename: 'Dogs', index: ANSWER_TEXT.indexOf('[2]') },
]

describe('the package openai', () => {
  carries(OPENAI, 'text', async (sdk) => {
    await using chat = await open()
    const client = clientOf(sdk, chat)
    expect((await client.responses.create({ model: 'ragwire', input: ask() })).output_text).toBe(ANSWER_TEXT)
    let text = ''
    const stream = client.responses.stream({ model: 'ragwire', input: ask() })
    stream.on('response.output_text.delta', ({ delta }) => (text += delta))
    expect((await stream.finalResponse()).output_text).toBe(ANSWER_TEXT)
    expect(text).toBe(ANSWER_TEXT)
  })

  carries(OPENAI, 'sources', async (sdk) => {
    await using chat = await open()
    const { output } = await clientOf(sdk, chat).responses.create({ model: 'ragwire', input: ask() })
    expect(output[0]).toMatchObject(SEARCH)
  })

  carries(OPENAI, 'citations', async (sdk) => {
    await using chat = await open()
    const stream = clientOf(sdk, chat).responses.stream({ model: 'ragwire', input: ask() })
    const { output } = await stream.finalResponse()
    expect(output[1]).toMatchObject({ content: [{ annotations: CITATIONS }] })
  })

  lacks(OPENAI, 'support', 'The protocol has no field for the result of a citation check', async (sdk) => {
    await using chat = await open()
    const response = await clientOf(sdk, chat).responses.create({ model: 'ragwire', input: ask() })
    expect(JSON.stringify(response)).not.toContain('support')
  })

  carries(OPENAI, 'status', async (sdk) => {
    await using chat = await open()
    const seen: string[] = []
    const stream = clientOf(sdk, chat).responses.stream({ model: 'ragwire', input: ask() })
    stream.on('response.file_search_call.searching', () => seen.push('searching'))
    stream.on('response.file_search_call.completed', () => seen.push('completed'))
    stream.on('response.output_text.delta', () => seen.push('text'))
    await stream.finalResponse()
    expect(seen.slice(0, 3)).toEqual(['searching', 'completed', 'text'])
  })

  carries(OPENAI, 'error', async (sdk) => {
    await using chat = await open()
    const client = clientOf(sdk, chat)
    const stream = await client.responses.create({ model: 'ragwire', input: ask('fail-later'), stream: true })
    const types: string[] = []
    const read = async () => {
      for await (const event of stream) types.push(event.type)
    }
    // Version 6 throws nothing, but its reader sees the event of the failure.
    const thrown = await read().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect([...types, JSON.stringify(thrown), String(thrown)].join(' ')).toMatch(
      /response\.failed|could not be reached/u,
    )
    const helper = client.responses.stream({ model: 'ragwire', input: ask('fail-later') })
    const outcome = await helper.finalResponse().catch((error: unknown) => String(error))
    expect(typeof outcome === 'string' ? outcome : outcome.status).toMatch(/failed|could not be reached/u)
    await expect(client.responses.create({ model: 'ragwire', input: ask('fail-later') })).rejects.toMatchObject({
      status: 503,
      code: 'upstream-unavailable',
      message: expect.stringContaining(FAILURE),
    })
    expect(JSON.stringify([types, thrown, outcome])).not.toContain(SECRET)
  })

  carries(OPENAI, 'stop', async (sdk) => {
    await using chat = await open()
    const client = clientOf(sdk, chat)
    const stream = await client.responses.create({ model: 'ragwire', input: ask('wait'), stream: true })
    let id = ''
    let last: unknown
    for await (const event of stream) {
      if (event.type === 'response.created') id = event.response.id
      if (event.type === 'response.output_text.delta') {
        const { status, output } = await client.responses.cancel(id)
        expect([status, output[1]]).toMatchObject(['cancelled', { content: [{ text: FIRST_TEXT }] }])
      }
      last = event
    }
    await chat.aborted()
    expect(last).toMatchObject({ type: 'response.incomplete', response: { status: 'cancelled' } })
  })

  carries(OPENAI, 'resume', async (sdk) => {
    await using chat = await open()
    const client = clientOf(sdk, chat)
    const stream = await client.responses.create({ model: 'ragwire', input: ask('wait'), stream: true })
    const numbers: number[] = []
    let id = ''
    let text = ''
    for await (const event of stream) {
      numbers.push(event.sequence_number)
      if (event.type === 'response.created') id = event.response.id
      if (event.type !== 'response.output_text.delta') continue
      text += event.delta
      // Breaks the connection.
      break
    }
    chat.release()
    const rest = await client.responses.retrieve(id, { stream: true, starting_after: numbers.at(-1) ?? 0 })
    for await (const event of rest) {
      numbers.push(event.sequence_number)
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    expect(text).toBe(ANSWER_TEXT)
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(chat.modelCalls).toBe(1)
    expect((await client.responses.retrieve(id)).output_text).toBe(ANSWER_TEXT)
  })

  lacks(OPENAI, 'regenerate', 'A request cannot name the response that it replaces', async (sdk) => {
    await using chat = await open()
    const client = clientOf(sdk, chat)
    const first = await client.responses.create({ model: 'ragwire', input: ask() })
    await client.responses.create({ model: 'ragwire', input: ask(), previous_response_id: first.id })
    const again = client.responses.create({ model: 'ragwire', input: ask(), previous_response_id: first.id })
    await expect(again).rejects.toMatchObject({ status: 400, code: 'conversation_has_continued' })
  })

  it.each(OPENAI)('answers in the background, and is polled without stopping the run: %s', async (sdk) => {
    await using chat = await open({ registry: { onDisconnect: 'abort' } })
    const client = clientOf(sdk, chat)
    let response = await client.responses.create({ model: 'ragwire', input: ask('wait'), background: true })
    expect(response).toMatchObject({ status: 'in_progress', output_text: '' })
    await chat.waiting()
    expect((await client.responses.retrieve(response.id)).status).toBe('in_progress')
    chat.release()
    for (let poll = 0; poll < 100 && response.status === 'in_progress'; poll += 1) {
      response = await client.responses.retrieve(response.id)
    }
    expect(response).toMatchObject({ status: 'completed', output_text: ANSWER_TEXT })
  })

  it.each(OPENAI)('refuses what cannot be served with the status and the code of OpenAI: %s', async (sdk) => {
    await using chat = await open()
    const { responses } = clientOf(sdk, chat)
    await expect(responses.create({ model: 'gpt-9', input: ask() })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
    await expect(responses.retrieve('resp_none')).rejects.toMatchObject({ status: 404, type: 'not_found_error' })
    expect(chat.modelCalls).toBe(0)
  })
})

describe('OpenAI Agents', () => {
  const agentOf = (chat: ServedChat) => {
    const model = new OpenAIResponsesModel(clientOf('openai-7-responses', chat), 'ragwire')
    return new Agent({ name: 'Helper', instructions: 'Help.', model })
  }
  // Traces would be sent to OpenAI.
  setTracingDisabled(true)

  carries('openai-agents', 'text', async () => {
    await using chat = await open()
    const { finalOutput } = await run(agentOf(chat), ask())
    expect(finalOutput).toBe(ANSWER_TEXT)
    const streamed = await run(agentOf(chat), ask(), { stream: true })
    let text = ''
    for await (const delta of streamed.toTextStream()) text += delta
    expect(text).toBe(ANSWER_TEXT)
    expect(chat.modelCalls).toBe(2)
  })

  carries('openai-agents', 'sources', async () => {
    await using chat = await open()
    const { rawResponses } = await run(agentOf(chat), ask())
    const text = JSON.stringify(rawResponses[0]?.output)
    for (const source of SOURCE_TEXTS) expect(text).toContain(source)
  })

  carries('openai-agents', 'citations', async () => {
    await using chat = await open()
    const { rawResponses } = await run(agentOf(chat), ask())
    expect(JSON.stringify(rawResponses[0]?.output)).toContain('https://pets.example/cats')
  })

  lacks('openai-agents', 'support', 'The protocol has no field for the result of a citation check', async () => {
    await using chat = await open()
    const { rawResponses } = await run(agentOf(chat), ask())
    expect(JSON.stringify(rawResponses)).not.toContain('support')
  })

  carries('openai-agents', 'status', async () => {
    await using chat = await open()
    const streamed = await run(agentOf(chat), ask(), { stream: true })
    const types: string[] = []
    for await (const event of streamed) {
      if (event.type === 'raw_model_stream_event') types.push(JSON.stringify(event.data))
    }
    expect(types.join('')).toContain('response.file_search_call.searching')
  })

  carries('openai-agents', 'error', async () => {
    await using chat = await open()
    const streamed = await run(agentOf(chat), ask('fail-later'), { stream: true })
    await expect(collect(streamed)).rejects.toThrow(FAILURE)
  })

  carries('openai-agents', 'stop', async () => {
    await using chat = await open({ registry: { onDisconnect: 'abort' } })
    const stop = new AbortController()
    const streamed = await run(agentOf(chat), ask('wait'), { stream: true, signal: stop.signal })
    const reading = collect(streamed).catch(() => [])
    await chat.waiting()
    stop.abort()
    await reading
    await chat.aborted()
    expect(chat.modelCalls).toBe(1)
  })

  lacks('openai-agents', 'resume', 'An agent cannot attach to a running response', async () => {
    await using chat = await open()
    await run(agentOf(chat), ask())
    expect(chat.requests).toEqual(['POST /v1/responses'])
  })

  lacks('openai-agents', 'regenerate', 'A request cannot name the response that it replaces', async () => {
    await using chat = await open()
    const { lastResponseId } = await run(agentOf(chat), ask())
    const options = { ...(lastResponseId !== undefined && { previousResponseId: lastResponseId }) }
    await run(agentOf(chat), ask(), options)
    await expect(run(agentOf(chat), ask(), options)).rejects.toMatchObject({ code: 'conversation_has_continued' })
  })
})

const PROVIDERS = ['ai-sdk-openai', 'ai-sdk-open-responses'] as const

function modelOf(provider: (typeof PROVIDERS)[number], chat: ServedChat) {
  return provider === 'ai-sdk-openai'
    ? createOpenAI({ apiKey: 'none', baseURL: `${chat.url}/v1` }).responses('ragwire')
    : createOpenResponses({ name: 'ragwire', url: `${chat.url}/v1/responses` })('ragwire')
}

const QUIET = { maxRetries: 0, onError: () => undefined } as const

describe('the AI SDK, with a provider of this protocol', () => {
  carries(PROVIDERS, 'text', async (provider) => {
    await using chat = await open()
    const model = modelOf(provider, chat)
    expect((await generateText({ model, prompt: ask() })).text).toBe(ANSWER_TEXT)
    expect(await streamText({ model, prompt: ask(), ...QUIET }).text).toBe(ANSWER_TEXT)
  })

  carries('ai-sdk-openai', 'sources', async (provider) => {
    await using chat = await open()
    const { content } = await generateText({ model: modelOf(provider, chat), prompt: ask() })
    const text = JSON.stringify(content)
    for (const source of SOURCE_TEXTS) expect(text).toContain(source)
  })

  lacks('ai-sdk-open-responses', 'sources', 'The provider skips items that are no message', async (provider) => {
    await using chat = await open()
    const { content } = await generateText({ model: modelOf(provider, chat), prompt: ask() })
    expect(JSON.stringify(content)).not.toContain(SOURCE_TEXTS[1])
  })

  carries('ai-sdk-openai', 'citations', async (provider) => {
    await using chat = await open()
    const { content } = await generateText({ model: modelOf(provider, chat), prompt: ask() })
    expect(JSON.stringify(content)).toContain(`"start_index":${ANSWER_TEXT.indexOf('[1]')}`)
  })

  lacks('ai-sdk-open-responses', 'citations', 'The provider reads no annotations', async (provider) => {
    await using chat = await open()
    const { content } = await generateText({ model: modelOf(provider, chat), prompt: ask() })
    expect(JSON.stringify(content)).not.toContain('pets.example')
  })

  lacks(PROVIDERS, 'support', 'The protocol has no field for the result of a citation check', async (provider) => {
    await using chat = await open()
    const { content } = await generateText({ model: modelOf(provider, chat), prompt: ask() })
    expect(JSON.stringify(content)).not.toContain('support')
  })

  carries('ai-sdk-openai', 'status', async (provider) => {
    await using chat = await open()
    const parts = await collect(streamText({ model: modelOf(provider, chat), prompt: ask(), ...QUIET }).fullStream)
    const types = parts.map(({ type }) => type)
    expect(types.indexOf('tool-call')).toBeGreaterThan(-1)
    expect(types.indexOf('tool-call')).toBeLessThan(types.indexOf('text-delta'))
  })

  lacks('ai-sdk-open-responses', 'status', 'The provider skips items that are no message', async (provider) => {
    await using chat = await open()
    const parts = await collect(streamText({ model: modelOf(provider, chat), prompt: ask(), ...QUIET }).fullStream)
    expect(parts.map(({ type }) => type)).not.toContain('tool-call')
  })

  carries(PROVIDERS, 'error', async (provider) => {
    await using chat = await open()
    const { fullStream } = streamText({ model: modelOf(provider, chat), prompt: ask('fail-later'), ...QUIET })
    const parts = await collect(fullStream)
    const failed = parts.flatMap((part) => (part.type === 'error' ? [part.error] : []))
    expect(failed.map((error) => `${JSON.stringify(error)} ${String(error)}`).join(' ')).toContain(FAILURE)
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: 'error' })
  })

  carries(PROVIDERS, 'stop', async (provider) => {
    await using chat = await open({ registry: { onDisconnect: 'abort' } })
    const stop = new AbortController()
    const options = { model: modelOf(provider, chat), prompt: ask('wait'), abortSignal: stop.signal, ...QUIET }
    const reading = collect(streamText(options).fullStream)
    await chat.waiting()
    stop.abort()
    await reading
    await chat.aborted()
    expect(chat.modelCalls).toBe(1)
  })

  lacks(PROVIDERS, 'resume', 'The AI SDK cannot attach to a running response', async (provider) => {
    await using chat = await open()
    await generateText({ model: modelOf(provider, chat), prompt: ask() })
    expect(chat.requests).toEqual(['POST /v1/responses'])
  })

  lacks(PROVIDERS, 'regenerate', 'A request cannot name the response that it replaces', async (provider) => {
    await using chat = await open()
    const model = modelOf(provider, chat)
    await generateText({ model, prompt: ask() })
    await generateText({ model, prompt: ask() })
    expect(chat.modelCalls).toBe(2)
  })

  it('goes on with a stored conversation by the ids of its items', async () => {
    await using chat = await open()
    const model = modelOf('ai-sdk-openai', chat)
    const first = await generateText({ model, prompt: ask() })
    const followUp = { role: 'user', content: 'And dogs?' } as const
    const question = { role: 'user', content: ask() } as const
    await generateText({ model, messages: [question, ...first.response.messages, followUp] })
    const prompt = JSON.stringify(chat.lastCall().request.messages)
    expect(prompt).toContain(JSON.stringify(ANSWER_TEXT).slice(1, 20))
  })

  it.each(PROVIDERS)('does not take a response that was stopped for a success: %s', async (provider) => {
    await using chat = await open()
    const { fullStream, finishReason } = streamText({ model: modelOf(provider, chat), prompt: ask('wait'), ...QUIET })
    const reading = collect(fullStream)
    await chat.waiting()
    const { runs } = (await (await fetch(`${chat.url}/runs`)).json()) as { readonly runs: readonly { runId: string }[] }
    await fetch(`${chat.url}/runs/${runs[0]?.runId}/stop`, { method: 'POST' })
    await reading
    expect(await finishReason).not.toBe('stop')
  })
})

describe('the published compliance tests of Open Responses that apply to a chat over documents', () => {
  const message = (role: string, content: string) => ({ type: 'message', role, content })
  async function post(chat: ServedChat, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer none' }
    const init = { method: 'POST', headers, body: JSON.stringify({ model: 'ragwire', ...body }) }
    return fetch(`${chat.url}/v1/responses`, init)
  }

  it.each([
    ['basic-response', [message('user', 'Say hello in exactly 3 words.')]],
    ['system-prompt', [message('system', 'You are a pirate.'), message('user', 'Say hello.')]],
    [
      'multi-turn',
      [
        message('user', 'My name is Alice.'),
        message('assistant', 'Hello Alice! Nice to meet you. How can I help you today?'),
        message('user', 'What is my name?'),
      ],
    ],
  ])('%s', async (_id, input) => {
    await using chat = await open({ dialects: [openaiResponses({ fileSearch: 'none' })], store: false })
    const response = await post(chat, { input, stream: false })
    expect(response.status).toBe(200)
    const { status, output } = responseObject.parse(await response.json())
    expect([status, output.map(({ type }) => type)]).toEqual(['completed', ['message']])
  })

  it('streaming-response', async () => {
    await using chat = await open({ dialects: [openaiResponses({ fileSearch: 'none' })], store: false })
    const response = await post(chat, { input: [message('user', 'Count from 1 to 5.')], stream: true })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/u)
    const frames = framesOf(await response.text())
    expect(finalResponseOf(frames).status).toBe('completed')
    // The events of the search are no part of Open Responses.
    expect(frames.filter(({ type }) => type.includes('file_search'))).toEqual([])
  })

  it.each([
    ['tool-calling', { tools: [{ type: 'function', name: 'get_weather', parameters: {} }] }],
    ['image-input', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:,' }] }] }],
  ])('%s does not apply, and is refused before anything is paid', async (_id, body) => {
    await using chat = await open()
    const response = await post(chat, { input: 'Why?', ...body })
    expect([response.status, chat.modelCalls]).toEqual([400, 0])
  })
})
