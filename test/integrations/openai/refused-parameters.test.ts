import { describe, expect, it } from 'vitest'
import { isChatError, type ChatModelRequest } from '../../../src/index.ts'
import { openaiChatModel, type OpenAIChatModelOptions } from '../../../src/openai.ts'
import {
  createFaultServer,
  faults,
  type FaultBehaviour,
  type FaultServer,
  type RefusalShape,
} from '../../../src/testing.ts'
import { doneOf } from '../../core/ask.ts'
import { CLIENTS } from './clients.ts'
import { openRun, WITHOUT_SOURCES } from './open-run.ts'

const REQUEST: ChatModelRequest = {
  messages: [{ role: 'user', content: 'What is the temperature?' }],
  purpose: 'condense',
  question: 'What is the temperature?',
  sources: [],
  temperature: 0,
  maxOutputTokens: 256,
}

const SHAPES: readonly RefusalShape[] = ['param', 'detail', 'message']

/** The parameters of each request that the model may omit. */
function sentTo(server: FaultServer): readonly (readonly string[])[] {
  const ours = ['temperature', 'max_completion_tokens', 'max_tokens', 'stream_options']
  return server.hits.map(({ body }) => Object.keys(Object(body) as object).filter((name) => ours.includes(name)))
}

describe.each(CLIENTS)('openaiChatModel over %s with a server that rejects parameters', (name, createClient) => {
  async function openModel(behaviour: FaultBehaviour, options: Partial<OpenAIChatModelOptions> = {}) {
    const server = await createFaultServer({ behaviour })
    const model = openaiChatModel({ client: createClient({ baseURL: server.baseURL }), model: 'any', ...options })
    const read = async (request: Partial<ChatModelRequest> = {}): Promise<string> => {
      let text = ''
      const { signal } = new AbortController()
      for await (const event of model.stream({ ...REQUEST, ...request }, { signal })) {
        if (event.type === 'text') text += event.delta
      }
      return text
    }
    return { server, read, [Symbol.asyncDispose]: server.close }
  }

  it.each(SHAPES)('A7: sends the token limit under its other name after a rejection in the shape %s', async (shape) => {
    await using run = await openModel(faults.refusesParameters('max_completion_tokens', { shape, content: 'Yes' }))
    expect(await run.read()).toBe('Yes')
    expect(run.server.hits.at(-1)?.body).toMatchObject({ max_tokens: 256, temperature: 0 })
    expect(run.server.hits).toHaveLength(2)
    // The rejection is remembered.
    expect(await run.read()).toBe('Yes')
    expect(run.server.hits).toHaveLength(3)
  })

  it.each(SHAPES)(
    'A7: omits several parameters, one after another, after rejections in the shape %s',
    async (shape) => {
      const names = ['temperature', 'stream_options', 'max_completion_tokens']
      await using run = await openModel(faults.refusesParameters(names, { shape, content: 'Yes' }))
      expect(await run.read()).toBe('Yes')
      // A client that discards the message tries each parameter alone before it omits all of them.
      const requests = name === 'openai 6' && shape === 'detail' ? 5 : 4
      expect(run.server.hits).toHaveLength(requests)
      expect(sentTo(run.server).at(-1)).toEqual(['max_tokens'])
      expect(await run.read()).toBe('Yes')
      expect(run.server.hits).toHaveLength(requests + 1)
    },
  )

  it('A7: omits a temperature that the model does not support, and keeps the rest', async () => {
    const message =
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
    const error = { message, type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' }
    await using run = await openModel(faults.inTurn(faults.status(400, { body: { error } }), faults.answer('Yes')))
    expect(await run.read()).toBe('Yes')
    expect(sentTo(run.server)[1]?.toSorted()).toEqual(['max_completion_tokens', 'stream_options'])
  })

  it.each<[string, object]>([
    ['with another spelling of the name', { error: { message: 'maxCompletionTokens is not allowed' } }],
    ['with the name in words', { error: { message: 'The max completion tokens parameter is not supported' } }],
    [
      'in the raw answer of the server behind a proxy',
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"Unsupported parameter: \'max_completion_tokens\'"}}' },
        },
      },
    ],
    ['without a message', {}],
    ['with the status text as its message', { error: { message: 'Bad Request' } }],
  ])('A7: understands a rejection %s', async (_form, body) => {
    await using run = await openModel(faults.inTurn(faults.status(400, { body }), faults.answer('Yes')))
    expect(await run.read()).toBe('Yes')
    expect(run.server.hits[1]?.body).toMatchObject({ max_tokens: 256, temperature: 0 })
  })

  it.each(['temperature', 'stream_options'])(
    'A7: keeps the other parameters when %s is rejected without a message',
    async (refused) => {
      const refuse = faults.status(400, { body: {} })
      const behaviour: FaultBehaviour = (exchange) => {
        const isRefused = refused in Object(exchange.hit.body)
        return (isRefused ? refuse : faults.answer('Yes'))(exchange)
      }
      await using run = await openModel(behaviour)
      expect(await run.read()).toBe('Yes')
      const kept = ['max_completion_tokens', 'temperature', 'stream_options'].filter((name) => name !== refused)
      expect(sentTo(run.server).at(-1)?.toSorted()).toEqual(kept.toSorted())
      const { length } = run.server.hits
      expect(await run.read()).toBe('Yes')
      expect(run.server.hits).toHaveLength(length + 1)
    },
  )

  it('A7: does not omit the same parameter twice', async () => {
    const error = { message: 'temperature must be between 0 and 2', param: 'temperature' }
    await using run = await openModel(faults.status(400, { body: { error } }))
    await expect(run.read()).rejects.toSatisfy(isChatError)
    expect(run.server.hits).toHaveLength(2)
  })

  it('A7: does not change the parameters of extraBody', async () => {
    const extraBody = { temperature: 1, max_tokens: 9 }
    await using run = await openModel(faults.refusesParameters(['temperature']), { extraBody })
    await expect(run.read()).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(run.server.hits).toHaveLength(1)
  })

  it.each<[string, FaultBehaviour]>([
    ['a prompt that is too long', faults.rejected()],
    ['another parameter', faults.refusesParameters('messages')],
    ['an invalid key', faults.unauthorized()],
    ['a server that is down', faults.unavailable()],
  ])('A7: does not retry because of %s', async (_name, behaviour) => {
    await using run = await openModel(behaviour)
    await expect(run.read()).rejects.toSatisfy(isChatError)
    expect(run.server.hits).toHaveLength(1)
  })

  it('A7: tries the other parameters once when the client discards the message, as its major version 6 does', async () => {
    const refusal = faults.status(422, { body: { detail: [{ loc: ['body', 'messages'], msg: 'too long' }] } })
    await using run = await openModel(refusal)
    await expect(run.read()).rejects.toMatchObject({ code: 'upstream-rejected' })
    const guesses = name === 'openai 6' ? 4 : 0
    expect(run.server.hits).toHaveLength(1 + guesses)
    await expect(run.read()).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(run.server.hits).toHaveLength(2 + guesses)
  })

  it('A7: uses up no retry of the run, and emits no warning', async () => {
    const behaviour = faults.refusesParameters(['temperature', 'max_completion_tokens'], { content: 'Yes' })
    await using run = await openRun(createClient, behaviour, {
      temperature: 0.2,
      maxOutputTokens: 9,
      retries: 0,
      ...WITHOUT_SOURCES,
    })
    expect(doneOf(await run.readOn())).toMatchObject({ answer: 'Yes', warnings: [] })
  })
})
