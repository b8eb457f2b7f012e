import { createOpenAI } from '@ai-sdk/openai'
import { streamText, type TextStreamPart, type ToolSet } from 'ai'
import OpenAI7 from 'openai'
import OpenAI6 from 'openai6'
import { describe, expect, it } from 'vitest'
import { openaiChat, type OpenAIChatOptions } from '../../src/openai-chat.ts'
import { eventually } from '../support/eventually.ts'
import { carries, lacks } from './support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS, type Part } from './support/played-model.ts'
import { serveChat, type ServeChatOptions, type ServedChat } from './support/serve-chat.ts'

const OPENAI = ['openai-6-chat', 'openai-7-chat'] as const

const ALL = ['openai-6-chat', 'openai-7-chat', 'ai-sdk-openai-chat'] as const

type OpenAIId = (typeof OPENAI)[number]

type Id = (typeof ALL)[number]

interface Options extends Partial<ServeChatOptions> {
  readonly chat?: OpenAIChatOptions
}

/** Serves a chat without a history, as the clients send all messages. A run ends with its reader. */
function open({ chat, ...options }: Options = {}): Promise<ServedChat> {
  const registry = { onDisconnect: 'abort' } as const
  return serveChat({ dialects: [openaiChat(chat)], store: false, registry, ...options })
}

function clientOf(id: OpenAIId, { url }: ServedChat): OpenAI7 {
  const options = { baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }
  // The tests use only what is the same in both versions.
  return id === 'openai-7-chat' ? new OpenAI7(options) : (new OpenAI6(options) as unknown as OpenAI7)
}

function bodyOf(part: Part) {
  return { model: 'ragwire', messages: [{ role: 'user' as const, content: ask(part) }] }
}

/** What a user of a client gets: the text, what is known of the sources, and the error. */
interface Received {
  readonly text: string
  readonly sources: readonly unknown[]
  readonly error?: unknown
  readonly everything: string
}

function receive(id: Id, chat: ServedChat, part: Part = 'answer', signal?: AbortSignal): Promise<Received> {
  return id === 'ai-sdk-openai-chat' ? receiveByAiSdk(chat, part, signal) : receiveByOpenAI(id, chat, part, signal)
}

async function receiveByOpenAI(id: OpenAIId, chat: ServedChat, part: Part, signal?: AbortSignal): Promise<Received> {
  const chunks: unknown[] = []
  let text = ''
  const sources: unknown[] = []
  let error: unknown
  try {
    const stream = await clientOf(id, chat).chat.completions.create({ ...bodyOf(part), stream: true }, { signal })
    for await (const chunk of stream) {
      chunks.push(chunk)
      const delta = chunk.choices[0]?.delta
      text += delta?.content ?? ''
      if (delta && 'annotations' in delta && Array.isArray(delta.annotations)) sources.push(...delta.annotations)
    }
  } catch (thrown) {
    error = thrown
  }
  return { text, sources, error, everything: JSON.stringify(chunks) }
}

async function receiveByAiSdk({ url }: ServedChat, part: Part, signal?: AbortSignal): Promise<Received> {
  const model = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).chat('ragwire')
  const options = { model, prompt: ask(part), maxRetries: 0, onError: () => {} }
  const parts: TextStreamPart<ToolSet>[] = []
  for await (const streamed of streamText({ ...options, ...(signal && { abortSignal: signal }) }).fullStream) {
    parts.push(streamed)
  }
  const text = parts.map((streamed) => (streamed.type === 'text-delta' ? streamed.text : '')).join('')
  const sources = parts.filter(({ type }) => type === 'source')
  const error = parts.find((streamed) => streamed.type === 'error')?.error
  return { text, sources, error, everything: JSON.stringify(parts) }
}

describe('the clients of chat completions', () => {
  carries(ALL, 'text', async (id) => {
    await using chat = await open()
    const { text, error } = await receive(id, chat)
    expect([text, error]).toEqual([ANSWER_TEXT, undefined])
  })

  // They pass on every field of a chunk, also the objects for Open WebUI, which have the texts.
  carries(OPENAI, 'sources', async (id) => {
    await using chat = await open({ chat: { sources: { openWebUI: true } } })
    const { everything } = await receive(id, chat)
    const chunks = JSON.parse(everything) as readonly { readonly event?: { readonly data: object } }[]
    expect(chunks.flatMap(({ event }) => (event && 'document' in event.data ? [event.data] : []))).toMatchObject([
      { source: { name: 'Cats', url: 'https://pets.example/cats' }, document: [SOURCE_TEXTS[0]] },
      { source: { name: 'Dogs' }, document: [SOURCE_TEXTS[1]] },
    ])
  })

  carries('ai-sdk-openai-chat', 'sources', async (id) => {
    await using chat = await open()
    const { sources } = await receive(id, chat)
    expect(sources).toMatchObject([{ sourceType: 'url', url: 'https://pets.example/cats', title: 'Cats' }])
  })

  carries(OPENAI, 'citations', async (id) => {
    await using chat = await open()
    const { sources } = await receive(id, chat)
    const start = ANSWER_TEXT.indexOf('[1]')
    expect(sources).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://pets.example/cats', title: 'Cats', start_index: start, end_index: start + 3 },
      },
    ])
    const whole = await clientOf(id, chat).chat.completions.create(bodyOf('answer'))
    expect(whole.choices[0]?.message).toMatchObject({ content: ANSWER_TEXT, annotations: sources })
  })

  lacks('ai-sdk-openai-chat', 'citations', 'It drops the places of the citations', async (id) => {
    await using chat = await open()
    expect((await receive(id, chat)).everything).not.toContain('start_index')
  })

  lacks(ALL, 'support', 'The protocol has no place for the result of a citation check', async (id) => {
    await using chat = await open()
    const { everything, sources } = await receive(id, chat)
    expect(sources).toHaveLength(1)
    expect(everything).not.toMatch(/supported|"weak"/)
  })

  lacks(ALL, 'status', 'The protocol has no place for the phase', async (id) => {
    await using chat = await open()
    const { everything, text } = await receive(id, chat)
    expect(text).toBe(ANSWER_TEXT)
    expect(everything).not.toMatch(/retrieving|generating/)
  })

  carries(OPENAI, 'error', async (id) => {
    await using chat = await open()
    const { APIError } = id === 'openai-7-chat' ? OpenAI7 : OpenAI6
    const failed = await receive(id, chat, 'fail-later')
    expect(failed.text).toBe(FIRST_TEXT)
    expect(failed.error).toBeInstanceOf(APIError)
    expect(failed.error).toMatchObject({ code: 'upstream-unavailable', type: 'server_error' })
    const helper = clientOf(id, chat).chat.completions.stream({ ...bodyOf('fail-later'), stream: true })
    await expect(helper.finalChatCompletion()).rejects.toThrow(String((failed.error as Error).message))
    const whole = clientOf(id, chat).chat.completions.create(bodyOf('fail-first'))
    await expect(whole).rejects.toMatchObject({ status: 503, code: 'upstream-unavailable' })
    expect(`${String(failed.error)} ${failed.everything}`).not.toContain(SECRET)
  })

  carries('ai-sdk-openai-chat', 'error', async (id) => {
    await using chat = await open()
    const failed = await receive(id, chat, 'fail-later')
    expect(failed.text).toBe(FIRST_TEXT)
    expect(failed.error).toMatchObject({ message: expect.any(String) })
    expect(failed.everything).not.toContain(SECRET)
  })

  carries(ALL, 'stop', async (id) => {
    await using chat = await open()
    const controller = new AbortController()
    const reading = receive(id, chat, 'wait', controller.signal)
    await chat.waiting()
    controller.abort()
    await chat.aborted()
    expect((await reading).text.length).toBeLessThan(ANSWER_TEXT.length)
  })

  lacks(ALL, 'resume', 'The protocol has no request for the rest of an answer', async (id) => {
    await using chat = await open()
    const reading = receive(id, chat, 'wait').catch((error: unknown) => ({ text: '', error }))
    await chat.waiting()
    chat.breakConnections()
    const { text, error } = await reading
    expect(text).not.toContain(ANSWER_TEXT)
    expect(error).toBeInstanceOf(Error)
    expect(chat.requests).toEqual(['POST /v1/chat/completions'])
  })

  carries(ALL, 'regenerate', async (id) => {
    await using chat = await open()
    // The client keeps the conversation: it sends the same messages again, and replaces the answer itself.
    expect((await receive(id, chat)).text).toBe(ANSWER_TEXT)
    expect((await receive(id, chat)).text).toBe(ANSWER_TEXT)
    expect(chat.modelCalls).toBe(2)
  })
})

describe.each(OPENAI)('%s', (id) => {
  it('lists the models, and finds one', async () => {
    await using chat = await open({ chat: { models: ['docs', 'team/docs'] } })
    const client = clientOf(id, chat)
    const names: string[] = []
    for await (const model of client.models.list()) names.push(model.id)
    expect(names).toEqual(['docs', 'team/docs'])
    expect(await client.models.retrieve('team/docs')).toMatchObject({ id: 'team/docs', owned_by: 'ragwire' })
    await expect(client.models.retrieve('gpt-5')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it('gets the finish reason, the usage and the id of the run from the helper', async () => {
    await using chat = await open()
    const options = { include_usage: true }
    const stream = clientOf(id, chat).chat.completions.stream({
      ...bodyOf('answer'),
      stream: true,
      stream_options: options,
    })
    const completion = await stream.finalChatCompletion()
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[\da-f-]{36}$/),
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: ANSWER_TEXT } }],
      usage: { total_tokens: expect.any(Number) },
    })
  })

  it('can be read with every form of the sources switched on', async () => {
    await using chat = await open({ chat: { sources: { openWebUI: true, list: true } } })
    const completion = await clientOf(id, chat)
      .chat.completions.stream({ ...bodyOf('answer'), stream: true })
      .finalChatCompletion()
    expect(completion.choices[0]?.message.content).toBe(
      `${ANSWER_TEXT}\n\n- \\[1\\] [Cats](<https://pets.example/cats>)\n- \\[2\\] Dogs`,
    )
  })

  it('gets an answer without evidence as an answer', async () => {
    await using chat = await open()
    const { text, error } = await receive(id, chat, 'no-evidence')
    expect([error, chat.modelCalls]).toEqual([undefined, 0])
    expect(text.length).toBeGreaterThan(0)
  })

  it('throws BadRequestError and NotFoundError of its package for what cannot be served, and nothing is paid', async () => {
    await using chat = await open()
    const { BadRequestError, NotFoundError } = id === 'openai-7-chat' ? OpenAI7 : OpenAI6
    const { completions } = clientOf(id, chat).chat
    await expect(completions.create({ ...bodyOf('answer'), n: 2 })).rejects.toThrow(BadRequestError)
    await expect(completions.create({ ...bodyOf('answer'), n: 2 })).rejects.toMatchObject({ param: 'n' })
    await expect(completions.create({ ...bodyOf('answer'), model: 'gpt-5' })).rejects.toThrow(NotFoundError)
    expect([chat.modelCalls, chat.errors]).toEqual([0, []])
  })

  it('does not take an answer for complete whose connection broke', async () => {
    await using chat = await open()
    const stream = clientOf(id, chat).chat.completions.stream({ ...bodyOf('wait'), stream: true })
    await chat.waiting()
    await eventually(() => expect(stream.currentChatCompletionSnapshot?.choices[0]?.message.content).toBe(FIRST_TEXT))
    chat.breakConnections()
    await expect(stream.finalChatCompletion()).rejects.toThrow(/terminated|connection|network|socket|premature/iu)
  })
})
