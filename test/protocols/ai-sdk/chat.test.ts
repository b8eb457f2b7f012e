import { describe, expect } from 'vitest'
import { aiSdk, ragwireTransport, type RagwirePart, type RagwireUIMessage } from '../../../src/ai-sdk.ts'
import { eventually } from '../../support/eventually.ts'
import { carries } from '../support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS } from '../support/played-model.ts'
import { serveChat, type ServeChatOptions, type ServedChat } from '../support/serve-chat.ts'
import { openChat, SDKS, type OpenChatOptions, type Sdk } from './sdks.ts'

/** A transport between a chat and a server. */
interface Way {
  readonly name: string
  /** Creates the transport. */
  create(sdk: Sdk, server: ServedChat): object
  /** True if the transport stops the run itself. */
  readonly stops: boolean
}

const WAYS: readonly Way[] = [
  {
    name: 'DefaultChatTransport',
    create: ({ DefaultChatTransport }, { url }) => new DefaultChatTransport({ api: `${url}/ai-sdk` }),
    stops: false,
  },
  { name: 'ragwireTransport', create: (_sdk, { url }) => ragwireTransport({ url }), stops: true },
]

function serve(options: Partial<ServeChatOptions> = {}): Promise<ServedChat> {
  return serveChat({ dialects: [aiSdk()], ...options })
}

async function loadMessages({ url }: ServedChat): Promise<RagwireUIMessage[]> {
  return (await fetch(`${url}/ai-sdk/chat/messages`)).json() as Promise<RagwireUIMessage[]>
}

const textOf = (message: RagwireUIMessage | undefined): string =>
  (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')

const partsOf = <Type extends RagwirePart['type']>(message: RagwireUIMessage | undefined, type: Type) =>
  (message?.parts ?? []).filter((part): part is Extract<RagwirePart, { type: Type }> => part.type === type)

const ALL = ['ai-5', 'ai-6', 'ai-7'] as const

describe.each(WAYS)('a chat of the AI SDK over $name', ({ create, stops }) => {
  async function open(client: (typeof ALL)[number], server: ServedChat, options?: OpenChatOptions) {
    return openChat(SDKS[client], create(SDKS[client], server), options)
  }

  async function answer(client: (typeof ALL)[number], server: ServedChat) {
    const { chat, state, data, errors } = await open(client, server)
    await chat.sendMessage({ text: ask() })
    expect([state.status, errors]).toEqual(['ready', []])
    return { message: state.messages.at(-1), data }
  }

  carries(ALL, 'text', async (client) => {
    await using server = await serve()
    const { chat, state } = await open(client, server)
    const asked = chat.sendMessage({ text: ask('wait') })
    await eventually(() => expect(textOf(state.messages.at(-1))).toBe(FIRST_TEXT))
    expect(state.status).toBe('streaming')
    server.release()
    await asked
    expect(state.status).toBe('ready')
    expect(textOf(state.messages.at(-1))).toBe(ANSWER_TEXT)
    expect(state.messages.at(-1)?.metadata).toMatchObject({ finishReason: 'stop', threadId: 'chat', saved: true })
  })

  carries(ALL, 'sources', async (client) => {
    await using server = await serve()
    const { message } = await answer(client, server)
    expect(partsOf(message, 'source-url')).toMatchObject([{ url: 'https://pets.example/cats', title: 'Cats' }])
    expect(partsOf(message, 'source-document')).toMatchObject([{ title: 'Dogs', mediaType: 'text/plain' }])
    expect(partsOf(message, 'data-sources')[0]?.data.nodes.map(({ text }) => text)).toEqual(SOURCE_TEXTS)
  })

  carries(ALL, 'citations', async (client) => {
    await using server = await serve()
    const { message } = await answer(client, server)
    const cited = partsOf(message, 'data-citation').map(({ data }) => data)
    expect(cited.map(({ start, end }) => textOf(message).slice(start, end))).toEqual(['[1]', '[2]'])
    const nodes = partsOf(message, 'data-sources')[0]?.data.nodes ?? []
    expect(cited.map(({ sourceId }) => nodes.find(({ id }) => id === sourceId)?.text)).toEqual(SOURCE_TEXTS)
  })

  carries(ALL, 'support', async (client) => {
    await using server = await serve()
    const { message } = await answer(client, server)
    expect(partsOf(message, 'data-citation').map(({ data }) => data.support)).toEqual(['supported', 'supported'])
  })

  carries(ALL, 'status', async (client) => {
    await using server = await serve()
    const { data } = await answer(client, server)
    const phases = data.filter((part) => (part as { readonly type: string }).type === 'data-status')
    expect(phases).toMatchObject([{ data: { phase: 'retrieving' } }, { data: { phase: 'generating' } }])
  })

  carries(ALL, 'error', async (client) => {
    await using server = await serve()
    for (const part of ['fail-first', 'fail-later'] as const) {
      const { chat, state, errors } = await open(client, server)
      await chat.sendMessage({ text: ask(part) })
      expect(state.status).toBe('error')
      expect(errors).toHaveLength(1)
      expect(`${errors[0]?.message}`).toMatch(/model/u)
      expect(JSON.stringify(state.messages)).not.toContain(SECRET)
      const { role, metadata } = state.messages.at(-1) ?? {}
      if (part === 'fail-later')
        expect({ role, metadata }).toMatchObject({
          role: 'assistant',
          metadata: { error: { code: 'upstream-unavailable' } },
        })
    }
  })

  carries(ALL, 'stop', async (client) => {
    await using server = await serve()
    const { chat, state } = await open(client, server)
    const asked = chat.sendMessage({ text: ask('wait') })
    await eventually(() => expect(textOf(state.messages.at(-1))).toBe(FIRST_TEXT))
    // `stop()` of the SDK only closes the connection.
    if (!stops) await fetch(`${server.url}/ai-sdk/chat/stop`, { method: 'POST' })
    await chat.stop()
    await asked
    await server.aborted()
    expect(state.status).toBe('ready')
    await expect.poll(async () => (await loadMessages(server)).at(-1)?.metadata).toMatchObject({ aborted: true })
  })

  carries(ALL, 'resume', async (client) => {
    await using server = await serve()
    const before = await open(client, server)
    void before.chat.sendMessage({ text: ask('wait') })
    await eventually(() => expect(textOf(before.state.messages.at(-1))).toBe(FIRST_TEXT))
    const after = await open(client, server, { messages: await loadMessages(server) })
    expect(after.state.messages.map(({ role }) => role)).toEqual(['user'])
    const resumed = after.chat.resumeStream()
    await eventually(() => expect(textOf(after.state.messages.at(-1))).toBe(FIRST_TEXT))
    server.release()
    await resumed
    expect(after.state.messages.map(textOf)).toEqual([ask('wait'), ANSWER_TEXT])
    const [, stored] = await loadMessages(server)
    expect(after.state.messages[1]).toMatchObject({ id: stored?.id, parts: stored?.parts })
    // Nothing is active any more.
    await after.chat.resumeStream()
    expect([after.state.status, after.state.messages.length]).toEqual(['ready', 2])
  })

  carries(ALL, 'regenerate', async (client) => {
    await using server = await serve()
    const { chat, state } = await open(client, server)
    await chat.sendMessage({ text: ask() })
    const first = state.messages.at(-1)?.id
    await chat.regenerate()
    const second = state.messages.at(-1)?.id
    expect(state.messages.map(textOf)).toEqual([ask(), ANSWER_TEXT])
    expect(second).not.toBe(first)
    expect((await loadMessages(server)).at(-1)?.id).toBe(second)
    await chat.regenerate({ messageId: `${second}` })
    const stored = await loadMessages(server)
    expect(stored.map(textOf)).toEqual([ask(), ANSWER_TEXT])
    expect(stored.at(-1)?.id).toBe(state.messages.at(-1)?.id)
    expect(stored.at(-1)?.id).not.toBe(second)
  })
})
