import { describe, expect, it } from 'vitest'
import { openaiResponses, type OpenAIResponsesOptions } from '../../../src/openai-responses.ts'
import { invalidInput } from '../../../src/server.ts'
import { fakeRetriever } from '../../../src/testing.ts'
import * as z from 'zod'
import type { BenchOptions } from '../../http/support/bench.ts'
import { openResponses } from './support/open-responses.ts'

function openCreate(options?: OpenAIResponsesOptions, bench?: BenchOptions) {
  const retriever = fakeRetriever(['Cats sleep 16 hours a day.'])
  const opened = openResponses(options, { answering: { retriever }, ...bench })
  const create = (body: object, path = '/v1/responses') => opened.send('POST', path, { body })
  return { ...opened, retriever, create }
}

/** A chat without a history, so that the messages of the client count. */
const STATELESS = { history: undefined }

const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }

describe('a request for a response', () => {
  it.each<[string, unknown]>([
    ['a text', 'Why?'],
    ['a message without a type', [{ role: 'user', content: 'Why?' }]],
    ['a message', [{ type: 'message', role: 'user', content: 'Why?' }]],
    ['parts of text', [{ role: 'user', content: [{ type: 'input_text', text: 'Why?' }] }]],
  ])('takes the question from %s', async (_name, input) => {
    const { create, model } = openCreate()
    const { status, json } = await create({ input })
    expect([status, json['status']]).toEqual([200, 'completed'])
    expect(model.calls[0]?.request.question).toBe('Why?')
  })

  it('uses the text of the user and the assistant alone, because the application has its own instructions', async () => {
    const { create, model } = openCreate({}, STATELESS)
    const { status } = await create({
      instructions: 'Be a pirate.',
      input: [
        { role: 'system', content: 'Be a pirate.' },
        { role: 'developer', content: [{ type: 'input_text', text: 'Be a pirate.' }] },
        { role: 'user', content: 'My name is Alice.' },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { type: 'file_search_call', id: 'fs_1', queries: [], status: 'completed', results: null },
        { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Hello Alice!' }] },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot.' }] },
        { role: 'user', content: 'What is my name?' },
      ],
    })
    expect(status).toBe(200)
    const prompt = JSON.stringify(model.calls.at(-1)?.request.messages)
    expect(prompt).toContain('My name is Alice.')
    expect(prompt).toContain('Hello Alice!')
    expect(prompt).toContain('I cannot.')
    expect(prompt).not.toContain('pirate')
  })

  it('accepts what real clients send by default, and returns the fixed values of the application', async () => {
    const { create } = openCreate()
    const { status, json } = await create({
      model: 'ragwire',
      input: 'Why?',
      temperature: 0.2,
      top_p: 0.5,
      max_output_tokens: 50,
      parallel_tool_calls: true,
      reasoning: { effort: 'low' },
      text: { format: { type: 'text' }, verbosity: 'low' },
      tool_choice: 'auto',
      tools: [],
      truncation: 'auto',
      store: false,
      stream: false,
      user: 'ann',
      metadata: { team: 'cats' },
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({ temperature: 1, max_output_tokens: null, store: true, metadata: { team: 'cats' } })
  })

  it('serves a name of its list, and echoes it', async () => {
    const { create } = openCreate({ models: ['cats', 'dogs'] })
    expect((await create({ input: 'Why?' })).json['model']).toBe('cats')
    expect((await create({ input: 'Why?', model: 'dogs' })).json['model']).toBe('dogs')
  })

  it('serves every name with any', async () => {
    const { create } = openCreate({ models: 'any' })
    expect((await create({ input: 'Why?', model: 'gpt-9' })).json['model']).toBe('gpt-9')
  })

  it.each<[string, object, { status?: number; param: string | null; code?: string }]>([
    ['a model that is not served', { model: 'gpt-9' }, { status: 404, param: null, code: 'model_not_found' }],
    ['an empty question', { input: '  ' }, { param: 'question' }],
    ['no input', { input: undefined }, { param: 'input' }],
    ['input of another kind', { input: 7 }, { param: 'input' }],
    ['no message', { input: [] }, { param: 'input' }],
    ['an answer at the end', { input: [{ role: 'assistant', content: 'Yes.' }] }, { param: 'input' }],
    ['an image', { input: [{ role: 'user', content: [image] }] }, { param: 'input.0.content.0' }],
    ['a part that is no object', { input: [{ role: 'user', content: [null] }] }, { param: 'input.0.content.0' }],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, { param: 'input.0.role' }],
    ['a tool result', { input: [{ type: 'function_call_output', call_id: '1', output: '2' }] }, { param: 'input.0' }],
    ['an item without an id', { input: [{ type: 'item_reference' }] }, { param: 'input.0.id' }],
    ['a function', { tools: [{ type: 'function', name: 'f', parameters: {} }] }, { param: 'tools.0.type' }],
    ['a choice of a function', { tool_choice: { type: 'function', name: 'f' } }, { param: 'tool_choice' }],
    ['a JSON schema', { text: { format: { type: 'json_schema', schema: {} } } }, { param: 'text.format' }],
    ['a stored prompt', { prompt: { id: 'pmpt_1' } }, { param: 'prompt' }],
    ['an unknown field', { polluted: 1 }, { param: 'polluted' }],
    ['too much metadata', { metadata: { long: 'x'.repeat(513) } }, { param: 'metadata.long' }],
    ['a filter that no option converts', fileSearch({ filters: { type: 'eq' } }), { param: 'tools.0.filters' }],
    ['501 messages', { input: Array(501).fill({ role: 'user', content: 'Why?' }) }, { param: 'input' }],
    ['an id that is too long', { previous_response_id: 'x'.repeat(257) }, { param: 'previous_response_id' }],
    ['an empty id', { conversation: '' }, { param: 'conversation' }],
    [
      'a reference that is too long',
      { input: [{ type: 'item_reference', id: 'x'.repeat(257) }] },
      { param: 'input.0.id' },
    ],
    ['two conversations', { conversation: 'a', previous_response_id: 'resp_b' }, { param: 'previous_response_id' }],
  ])('refuses %s in the form of OpenAI, and pays nothing', async (_name, change, { status = 400, param, code }) => {
    const { create, model, errors, retriever } = openCreate()
    const refused = await create({ input: 'Why?', ...change })
    expect(refused.status).toBe(status)
    expect(refused.json).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code: code ?? 'invalid-input' },
    })
    expect([model.calls.length, retriever.calls.length, errors]).toEqual([0, 0, []])
  })

  it('refuses what names earlier messages, if the chat has no history', async () => {
    const { create, model } = openCreate({}, STATELESS)
    const named = [
      { previous_response_id: 'resp_1' },
      { conversation: 'cats' },
      {
        input: [
          { type: 'item_reference', id: 'msg_1' },
          { role: 'user', content: 'Why?' },
        ],
      },
    ]
    for (const body of named) {
      const { status, json } = await create({ input: 'Why?', ...body })
      expect([status, json]).toMatchObject([400, { error: { code: 'unsupported_parameter' } }])
    }
    expect(model.calls).toEqual([])
  })
})

function fileSearch(tool: object) {
  return { tools: [{ type: 'file_search', vector_store_ids: ['vs_cats'], ...tool }] }
}

describe('the tool file_search of a request', () => {
  it('is echoed, and its stores are ignored without toFilter', async () => {
    const { json } = await openCreate().create({ input: 'Why?', ...fileSearch({ filters: null }) })
    expect(json['tools']).toEqual([{ type: 'file_search', vector_store_ids: ['vs_cats'], filters: null }])
  })

  it('becomes the filter of the chat by toFilter', async () => {
    const filter = z.strictObject({ team: z.string() })
    const toFilter: OpenAIResponsesOptions['toFilter'] = ({ vector_store_ids }) => ({ team: vector_store_ids?.[0] })
    const { create, retriever } = openCreate({ toFilter }, { filter })
    expect((await create({ input: 'Why?', ...fileSearch({}) })).status).toBe(200)
    expect(retriever.calls[0]).toMatchObject({ options: { filter: { team: 'vs_cats' } } })
  })

  it('is refused by toFilter, or by the schema of the filter', async () => {
    const filter = z.strictObject({ team: z.string() })
    const toFilter: OpenAIResponsesOptions['toFilter'] = ({ filters }) => {
      if (filters === 'no') throw invalidInput('tools.0.filters', 'Cannot use tools.0.filters: not that')
      return { team: 7 }
    }
    const { create, model } = openCreate({ toFilter }, { filter })
    expect((await create({ input: 'Why?', ...fileSearch({ filters: 'no' }) })).json).toMatchObject({
      error: { param: 'tools.0.filters', message: 'Cannot use tools.0.filters: not that' },
    })
    expect((await create({ input: 'Why?', ...fileSearch({}) })).json).toMatchObject({ error: { param: 'filter.team' } })
    expect(model.calls).toEqual([])
  })

  it('is an error of the server if toFilter returns a promise, and nothing is paid', async () => {
    const { create, model, errors } = openCreate({ toFilter: () => Promise.reject(new Error('late')) })
    const { status, json } = await create({ input: 'Why?', ...fileSearch({}) })
    expect([status, json]).toMatchObject([500, { error: { code: 'internal', type: 'server_error' } }])
    expect([model.calls.length, errors.length]).toEqual([0, 1])
  })
})

describe('the options of openaiResponses', () => {
  it.each<[string, object]>([
    ['path', { path: 7 }],
    ['models', { models: [] }],
    ['models', { models: 'gpt' }],
    ['toFilter', { toFilter: {} }],
    ['fileSearch', { fileSearch: 'all' }],
    ['modle', { modle: 'any' }],
  ])('are checked: %s', (field, options) => {
    expect(() => openaiResponses(options)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })

  it('move the routes to another path', async () => {
    const { create } = openCreate({ path: '/llm' })
    expect((await create({ input: 'Why?' }, '/llm/responses')).status).toBe(200)
  })
})
