import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, streamText } from 'ai'
import OpenAI7 from 'openai'
import OpenAI6 from 'openai6'
import { describe, expect, it } from 'vitest'
import { nodeFetch } from '../../src/node.ts'
import { createFaultServer, faults } from '../../src/testing.ts'

const send = nodeFetch()

interface Asked {
  readonly baseURL: string
  readonly signal?: AbortSignal
}

/** Yields the words of an answer, as the client itself reads them. */
type Ask = (asked: Asked) => AsyncIterable<string>

const body = { model: 'any', messages: [{ role: 'user' as const, content: 'Why?' }], stream: true as const }

function askOpenAI(OpenAI: typeof OpenAI7): Ask {
  return async function* ({ baseURL, signal }) {
    const client = new OpenAI({ apiKey: 'key', baseURL, fetch: send, maxRetries: 0 })
    const stream = await client.chat.completions.create(body, { ...(signal && { signal }) })
    for await (const { choices } of stream) if (choices[0]?.delta.content) yield choices[0].delta.content
  }
}

function askAiSdk(api: 'chat' | 'responses'): Ask {
  return async function* ({ baseURL, signal }) {
    const model = createOpenAI({ apiKey: 'key', baseURL, fetch: send })[api]('any')
    const options = { model, prompt: 'Why?', maxRetries: 0, onError: () => {} }
    for await (const part of streamText({ ...options, ...(signal && { abortSignal: signal }) }).fullStream) {
      if (part.type === 'text-delta') yield part.text
      if (part.type === 'error') throw part.error
    }
  }
}

const CLIENTS: readonly (readonly [name: string, ask: Ask])[] = [
  ['openai 7', askOpenAI(OpenAI7)],
  // The tests use only what is the same in both versions.
  ['openai 6', askOpenAI(OpenAI6 as unknown as typeof OpenAI7)],
  ['@ai-sdk/openai, chat completions', askAiSdk('chat')],
  ['@ai-sdk/openai, responses', askAiSdk('responses')],
]

async function readAll(answer: AsyncIterable<string>): Promise<readonly string[]> {
  const words: string[] = []
  for await (const word of answer) words.push(word)
  return words
}

describe.each(CLIENTS)('%s over nodeFetch', (_name, ask) => {
  it('reads an answer', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer(['They', ' sleep']) })
    expect(await readAll(ask(server))).toEqual(['They', ' sleep'])
  })

  it('closes the connection when it is aborted in an answer', async () => {
    await using server = await createFaultServer({ behaviour: faults.stall({ deltas: ['They'] }) })
    const controller = new AbortController()
    const words: string[] = []
    const reading = (async () => {
      for await (const word of ask({ baseURL: server.baseURL, signal: controller.signal })) {
        words.push(word)
        controller.abort()
      }
    })()
    expect(await (await server.hit(0)).closed).toBe('client')
    // Some clients throw the reason, and others just end.
    await reading.catch((thrown: unknown) =>
      expect(thrown).toMatchObject({ name: expect.stringMatching(/Abort|Error/u) }),
    )
    expect(words).toEqual(['They'])
  })

  it('reports a connection that was refused as its own error of the connection', async () => {
    const failing = readAll(ask({ baseURL: 'http://127.0.0.1:9/v1' }))
    const error: unknown = await failing.catch((thrown: unknown) => thrown)
    if (APICallError.isInstance(error)) expect(error.isRetryable).toBe(true)
    else expect([OpenAI6.APIConnectionError, OpenAI7.APIConnectionError]).toContain((error as Error).constructor)
  })
})
