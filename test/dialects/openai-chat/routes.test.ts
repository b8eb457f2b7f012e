import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore } from '../../../src/index.ts'
import { openaiChat, type OpenAIChatOptions } from '../../../src/openai-chat.ts'
import type { ChatHandlerOptions } from '../../../src/server.ts'
import { createGate, fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openBench, secretError, type BenchOptions } from '../../http/support/bench.ts'
import { parseChunks, textOf } from './support/chunks.ts'

const COMPLETIONS = '/v1/chat/completions'

const RETRIEVER = fakeRetriever([
  {
    chunk: {
      chunkId: 'c1',
      documentId: 'd1',
      title: 'Cats',
      url: 'https://docs.test/cats',
      text: 'Cats sleep 16 hours a day.',
    },
  },
])

function openChat({ chat, answering, ...options }: BenchOptions & { readonly chat?: OpenAIChatOptions } = {}) {
  const bench = openBench({
    dialects: [openaiChat({ now: () => 5_000, ...chat })],
    history: undefined,
    answering: { condenser: false, retriever: RETRIEVER, ...answering } as Partial<ChatHandlerOptions>,
    ...options,
  })
  async function complete(fields: object = {}, headers: Readonly<Record<string, string>> = {}) {
    const body = { model: 'ragwire', messages: [{ role: 'user', content: 'How long do cats sleep?' }], ...fields }
    const { response } = await bench.open('POST', COMPLETIONS, { body, headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown }
  }
  return { ...bench, complete }
}

describe('POST /v1/chat/completions', () => {
  it('streams chunks, with the run id in the ids and as the id of the request', async () => {
    const { complete } = openChat()
    const { status, headers, text } = await complete({ stream: true })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    const chunks = parseChunks(text)
    expect(textOf(chunks)).toBe('They sleep 16 hours [1].')
    expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set([`chatcmpl-${headers.get('x-request-id')}`]))
    expect(text).not.toContain('"usage"')
  })

  it('streams the usage as a chunk without a choice, if it is asked for', async () => {
    const { complete } = openChat()
    const { text } = await complete({ stream: true, stream_options: { include_usage: true } })
    const chunks = parseChunks(text)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
    expect(new Set(chunks.slice(0, -1).map(({ usage }) => usage))).toEqual(new Set([null]))
  })

  it.each([[{}], [{ stream: false }], [{ stream: null }]])('answers %j with one object', async (fields) => {
    const { complete } = openChat({ chat: { models: ['docs', 'other'] } })
    const { status, headers, json } = await complete({ ...fields, model: 'other' })
    expect(status).toBe(200)
    expect(json()).toEqual({
      id: `chatcmpl-${headers.get('x-request-id')}`,
      object: 'chat.completion',
      created: 5,
      model: 'other',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'They sleep 16 hours [1].',
            refusal: null,
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'https://docs.test/cats', title: 'Cats', start_index: 20, end_index: 23 },
              },
            ],
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
      citations: ['https://docs.test/cats'],
      search_results: [{ title: 'Cats', url: 'https://docs.test/cats' }],
    })
  })

  it('appends the Markdown list to that object, if it is switched on', async () => {
    const { complete } = openChat({ chat: { sources: { list: true, annotations: false, citations: false } } })
    const { text } = await complete()
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: 'They sleep 16 hours [1].\n\n- \\[1\\] [Cats](<https://docs.test/cats>)' } }],
    })
    expect(text).not.toContain('annotations')
  })

  it('uses the text of users and assistants as the conversation, and no instructions', async () => {
    const { complete, model } = openChat()
    await complete({
      messages: [
        { role: 'system', content: 'Speak like a pirate' },
        { role: 'developer', content: [{ type: 'text', text: 'Never cite' }] },
        { role: 'user', content: 'Do cats sleep?', name: 'ann' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Yes,' },
            { type: 'text', text: 'they do.' },
          ],
        },
        { role: 'assistant', content: null },
        { role: 'user', content: [{ type: 'text', text: 'How long?' }] },
      ],
    })
    const sent = JSON.stringify(model.calls)
    expect(sent).toContain('Do cats sleep?')
    expect(sent).toContain(String.raw`Yes,\nthey do.`)
    expect(sent).toContain('How long?')
    expect(sent).not.toMatch(/pirate|Never cite/)
  })

  it('ignores settings of the model, and what it does not know', async () => {
    const { complete, model } = openChat()
    const { status } = await complete({
      temperature: 1.9,
      top_p: '0.1',
      max_tokens: 1,
      max_completion_tokens: 1,
      seed: 7,
      stop: ['sleep'],
      user: 'ann',
      metadata: { a: 'b' },
      tools: [{ type: 'function', function: { name: 'search_web', parameters: {} } }],
      tool_choice: 'auto',
      polluted: { deep: [1] },
    })
    expect(status).toBe(200)
    expect(model.calls).toHaveLength(1)
    expect(JSON.stringify(model.calls)).not.toMatch(/1\.9|search_web|polluted/)
  })

  it('uses the thread of the option threadId, whose history then replaces the messages of the client', async () => {
    const { complete, send } = openChat({
      history: memoryHistoryStore(),
      chat: { threadId: ({ headers }) => headers.get('x-chat') },
    })
    await complete({ stream: true }, { 'x-chat': 'cats' })
    await complete({ stream: true }, { 'x-chat': '' })
    const { json } = await send('GET', '/threads')
    expect(json['threads']).toHaveLength(2)
    expect(json['threads']).toContainEqual(expect.objectContaining({ threadId: 'cats' }))
  })

  it('says which run is active, with 409, if the thread is busy', async () => {
    const gate = createGate()
    const { complete, open } = openChat({
      history: memoryHistoryStore(),
      chat: { threadId: () => 'cats' },
      model: scriptedChatModel(['They', { gate }, FINISH]),
    })
    const body = { model: 'ragwire', stream: true, messages: [{ role: 'user', content: 'Why?' }] }
    const { response } = await open('POST', COMPLETIONS, { body })
    const { status, json } = await complete()
    expect([status, json()]).toMatchObject([409, { error: { type: 'invalid_request_error', code: 'thread-busy' } }])
    gate.open()
    await response.text()
  })

  it('answers a run that fails before the stream with its status and an error object, without the cause', async () => {
    const model = scriptedChatModel([{ error: secretError() }])
    const { complete, errors } = openChat({ model, answering: { retries: 0 } })
    const { status, text } = await complete()
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({
      error: { message: expect.any(String), type: 'server_error', param: null, code: 'upstream-unavailable' },
    })
    expect(text).not.toContain('canary')
    expect(errors).toHaveLength(1)
  })

  it('is stopped by the run id, and ends with the finish reason stop for every reader', async () => {
    const { open, send } = openChat({ model: scriptedChatModel(['They', { hang: 'until-abort' }]) })
    const body = { model: 'ragwire', stream: true, messages: [{ role: 'user', content: 'Why?' }] }
    const { response } = await open('POST', COMPLETIONS, { body })
    const stopped = await send('POST', `/runs/${response.headers.get('x-request-id')}/stop`, { body: {} })
    expect(stopped.json).toMatchObject({ outcome: 'stopping' })
    expect(parseChunks(await response.text()).at(-1)?.choices).toMatchObject([{ finish_reason: 'stop' }])
  })
})

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })

describe('a body that cannot be served', () => {
  it.each<[string, object, string]>([
    ['no messages', { messages: undefined }, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['messages that are no list', { messages: 'Why?' }, 'messages'],
    ['a message that is no object', { messages: ['Why?'] }, 'messages.0'],
    ['1,000 messages', { messages: Array(1_000).fill({ role: 'user', content: 'Why?' }) }, 'messages'],
    ['an empty question', user(' '), 'question'],
    ['a question without text', user([]), 'question'],
    ['a question that is null', user(null), 'messages.0.content'],
    ['a number as the question', user(7), 'messages.0.content'],
    ['an image', user([{ type: 'image_url', image_url: { url: 'https://docs.test/cat.png' } }]), 'messages.0.content'],
    ['audio', user([{ type: 'input_audio', input_audio: { data: '', format: 'mp3' } }]), 'messages.0.content'],
    ['a file', user([{ type: 'file', file: { file_id: 'f' } }]), 'messages.0.content'],
    ['an answer as the last message', { messages: [{ role: 'assistant', content: 'Because' }] }, 'messages'],
    ['a result of a tool', { messages: [{ role: 'tool', tool_call_id: 'x', content: '7' }] }, 'messages.0.role'],
    ['a result of a function', { messages: [{ role: 'function', name: 'x', content: '7' }] }, 'messages.0.role'],
    ['an unknown role', { messages: [{ role: '__proto__', content: '7' }] }, 'messages.0.role'],
    ['a message without a role', { messages: [{ content: '7' }] }, 'messages.0.role'],
    [
      'a call of a tool',
      {
        messages: [
          { role: 'assistant', content: null, tool_calls: [{ id: 'x' }] },
          { role: 'user', content: 'Why?' },
        ],
      },
      'messages.0.tool_calls',
    ],
    ['a forced tool', { tool_choice: 'required' }, 'tool_choice'],
    ['a named tool', { tool_choice: { type: 'function', function: { name: 'x' } } }, 'tool_choice'],
    ['functions', { functions: [{ name: 'x' }] }, 'functions'],
    ['a forced function', { function_call: { name: 'x' } }, 'function_call'],
    ['several answers', { n: 2 }, 'n'],
    ['JSON as the format', { response_format: { type: 'json_object' } }, 'response_format.type'],
    ['a schema as the format', { response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.type'],
    ['speech', { modalities: ['text', 'audio'] }, 'modalities.1'],
    ['a voice', { audio: { voice: 'alloy', format: 'mp3' } }, 'audio'],
    ['probabilities', { logprobs: true }, 'logprobs'],
    ['a stream that is a word', { stream: 'yes' }, 'stream'],
    ['stream options that are a list', { stream_options: [] }, 'stream_options'],
    ['no model', { model: undefined }, 'model'],
    ['a model that is null', { model: null }, 'model'],
  ])('is refused with 400 and the field, and costs nothing: %s', async (_name, fields, param) => {
    const { complete, model, errors } = openChat()
    for (const stream of [true, false]) {
      const { status, json } = await complete({ stream, ...fields })
      expect(status).toBe(400)
      expect(json()).toEqual({
        error: {
          message: expect.stringMatching(/^Cannot /),
          type: 'invalid_request_error',
          param,
          code: 'invalid-input',
        },
      })
    }
    expect([model.calls, errors]).toEqual([[], []])
  })

  it('is refused with 404 in the words of OpenAI if the model is not served', async () => {
    const { complete, model, errors } = openChat()
    for (const name of ['gpt-5', '', '__proto__', 'x'.repeat(1_000)]) {
      const { status, text } = await complete({ model: name, stream: true })
      expect(status).toBe(404)
      expect(JSON.parse(text)).toMatchObject({
        error: { type: 'invalid_request_error', param: null, code: 'model_not_found' },
      })
      expect(text.length).toBeLessThan(300)
    }
    expect([model.calls, errors]).toEqual([[], []])
  })

  it('says that content must be text, also for a part within a list', async () => {
    const { complete } = openChat()
    const { text } = await complete(
      user([
        { type: 'text', text: 'Why?' },
        { type: 'image_url', image_url: {} },
      ]),
    )
    expect(text).toContain('this server reads text only')
  })

  it('is a task of Open WebUI that its header names', async () => {
    const { complete, model } = openChat()
    const { status, json } = await complete({}, { 'x-openwebui-task': 'title_generation' })
    expect([status, json()]).toMatchObject([
      400,
      { error: { param: 'x-openwebui-task', message: expect.stringContaining('"title_generation"') } },
    ])
    expect(model.calls).toEqual([])
    expect((await complete({}, { 'x-openwebui-task': '' })).status).toBe(200)
  })

  it('is no body at all, or not JSON', async () => {
    const { open, model } = openChat()
    const headers = { 'content-type': 'application/json' }
    for (const body of ['', '{', 'null', '7', '[]', '"Why?"']) {
      const { response } = await open('POST', COMPLETIONS, { body, headers })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid-input' } })
    }
    expect(model.calls).toEqual([])
  })

  it('is reported as a mistake of the application if threadId returns no string', async () => {
    const { complete, errors, model } = openChat({ chat: { threadId: (() => 7) as never } })
    expect((await complete()).status).toBe(500)
    expect(errors).toHaveLength(1)
    expect(model.calls).toEqual([])
  })
})

describe('GET /v1/models', () => {
  it('lists the models, and finds one by its name', async () => {
    const { send, open } = openChat({ chat: { models: ['docs', 'team/docs'] } })
    const model = { object: 'model', created: 5, owned_by: 'ragwire' }
    expect((await send('GET', '/v1/models')).json).toEqual({
      object: 'list',
      data: [
        { id: 'docs', ...model },
        { id: 'team/docs', ...model },
      ],
    })
    expect((await send('GET', '/v1/models/team%2Fdocs')).json).toEqual({ id: 'team/docs', ...model })
    const { response } = await open('GET', '/v1/models/gpt-5')
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }])
  })

  it.each(['/v1/models', '/v1/models/ragwire'])(
    'asks for the scope at %s, so that a wrong key is refused',
    async (path) => {
      const scope = (): never => {
        throw new Response('Wrong API key', { status: 401 })
      }
      const { open } = openChat({ scope })
      expect((await open('GET', path)).response.status).toBe(401)
    },
  )
})

describe('a chat that serves any model', () => {
  it('answers every name, and lists one', async () => {
    const { complete, send } = openChat({ chat: { models: 'any' } })
    expect((await complete({ model: 'gpt-9' })).json()).toMatchObject({ model: 'gpt-9' })
    expect((await send('GET', '/v1/models')).json).toMatchObject({ data: [{ id: 'ragwire' }] })
    expect((await send('GET', '/v1/models/gpt-9')).json).toMatchObject({ id: 'gpt-9' })
  })
})

describe('the OpenAPI document', () => {
  it('has the routes and the schema of the body', async () => {
    const { send } = openChat()
    const document = (await send('GET', '/openapi.json')).json
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(document).toHaveProperty(
      ['paths', COMPLETIONS, 'post', 'requestBody', 'content', 'application/json', 'schema', 'required'],
      ['model', 'messages'],
    )
  })
})
