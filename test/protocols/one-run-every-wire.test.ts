import { DefaultChatTransport, type UIMessageChunk } from 'ai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { agUi } from '../../src/ag-ui.ts'
import { aiSdk } from '../../src/ai-sdk.ts'
import { chatkit } from '../../src/chatkit.ts'
import { openaiChat } from '../../src/openai-chat.ts'
import { openaiResponses } from '../../src/openai-responses.ts'
import { readSse } from '../../src/sse.ts'
import { ask, CITED_TEXT } from './support/played-model.ts'
import { serveChat } from './support/serve-chat.ts'

/** The parts of an answer that a client has read. */
interface Seen {
  readonly text: string
  readonly citations: readonly { readonly start: unknown; readonly end: unknown }[]
  /** The last thing that it read. */
  readonly end: unknown
}

describe('one run in every dialect', () => {
  it('is asked by the transport of useChat, resumed by the openai package, watched natively and stopped by a POST', async () => {
    await using chat = await serveChat({
      dialects: [aiSdk(), openaiResponses(), openaiChat(), agUi(), chatkit()],
    })
    const chunks = await askByAiSdk(chat.url)
    const { runId, seen: asked } = await readAiSdk(chunks)
    await chat.waiting()
    const resumed = resumeByOpenAI(chat.url, runId)
    const watched = watchNatively(chat.url, runId)
    const [response, native] = await Promise.all([resumed.cited, watched.cited])
    const stopped = await fetch(`${chat.url}/runs/${runId}/stop`, { method: 'POST' })
    expect(stopped.status).toBe(200)
    await chat.aborted()

    const citations = [{ start: 26, end: 29 }]
    expect(await asked()).toEqual({ text: CITED_TEXT, citations, end: 'abort' })
    expect(await resumed.seen).toEqual({ text: CITED_TEXT, citations, end: 'response.incomplete' })
    expect(await watched.seen).toEqual({ text: CITED_TEXT, citations, end: 'abort' })
    expect([response, native]).toEqual([true, true])
    expect(chat.modelCalls).toBe(1)
    expect(chat.requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /ai-sdk',
      `POST /runs/${runId}/stop`,
    ])
  })
})

function askByAiSdk(url: string): Promise<ReadableStream<UIMessageChunk>> {
  return new DefaultChatTransport({ api: `${url}/ai-sdk` }).sendMessages({
    chatId: crypto.randomUUID(),
    trigger: 'submit-message',
    messageId: undefined,
    messages: [{ id: 'question-1', role: 'user', parts: [{ type: 'text', text: ask('wait-later') }] }],
    abortSignal: undefined,
  })
}

/** Reads the id of the run from the first chunk; `seen` reads the others. */
async function readAiSdk(stream: ReadableStream<UIMessageChunk>) {
  const reader = stream.getReader()
  const first = await reader.read()
  const runId = first.value?.type === 'start' ? first.value.messageId : undefined
  if (runId === undefined) throw new Error('Cannot find the run: the stream has no start with a message id')

  async function seen(): Promise<Seen> {
    let text = ''
    let end: unknown
    const citations = new Map<string | undefined, Seen['citations'][number]>()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const chunk = next.value
      end = chunk.type
      if (chunk.type === 'text-delta') text += chunk.delta
      if (chunk.type === 'data-citation') citations.set(chunk.id, rangeOf(chunk.data))
    }
    return { text, citations: [...citations.values()], end }
  }
  return { runId, seen }
}

/** Reads the response of a run from its start. `cited` resolves when the citation has arrived. */
function resumeByOpenAI(url: string, runId: string) {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 })
  const cited = Promise.withResolvers<true>()
  async function read(): Promise<Seen> {
    let text = ''
    let end: unknown
    const citations: Seen['citations'][number][] = []
    for await (const event of await client.responses.retrieve(`resp_${runId}`, { stream: true })) {
      end = event.type
      if (event.type === 'response.output_text.delta') text += event.delta
      if (event.type !== 'response.output_text.annotation.added') continue
      citations.push(rangeOf(event.annotation, ['start_index', 'end_index']))
      cited.resolve(true)
    }
    return { text, citations, end }
  }
  return { seen: read(), cited: cited.promise }
}

/** Reads the events of a run from its start. `cited` resolves when the citation has arrived. */
function watchNatively(url: string, runId: string) {
  const cited = Promise.withResolvers<true>()
  async function read(): Promise<Seen> {
    let text = ''
    let end: unknown
    const citations: Seen['citations'][number][] = []
    const { body } = await fetch(`${url}/runs/${runId}/events`)
    if (!body) throw new Error('Cannot watch the run: the response has no body')
    for await (const event of readSse(body)) {
      if (event.type === 'token') text += event.delta
      if (event.type === 'done') end = event.finishReason
      if (event.type !== 'citation') continue
      citations.push(rangeOf(event.citation))
      cited.resolve(true)
    }
    return { text, citations, end }
  }
  return { seen: read(), cited: cited.promise }
}

function rangeOf(
  value: unknown,
  [start, end]: readonly [string, string] = ['start', 'end'],
): Seen['citations'][number] {
  const fields = new Map(Object.entries(value ?? {}))
  return { start: fields.get(start), end: fields.get(end) }
}
