import { describe, expect, it } from 'vitest'
import { agUi } from '../../src/ag-ui.ts'
import { eventually } from '../support/eventually.ts'
import { carries } from './support/carries.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS } from './support/played-model.ts'
import { serveChat, type ServeChatOptions } from './support/serve-chat.ts'
import { breakingFetch, openTanStackChat } from './support/tanstack-chat.ts'

const serve = (options: Partial<ServeChatOptions> = {}) => serveChat({ dialects: [agUi()], ...options })

const METADATA = {
  sources: [
    { number: 1, title: 'Cats' },
    { number: 2, title: 'Dogs' },
  ],
  citations: [
    { number: 1, support: 'supported' },
    { number: 2, support: 'supported' },
  ],
}

describe('ChatClient of TanStack AI', () => {
  carries('tanstack-ai', 'text', async () => {
    await using chat = await serve()
    const { client, said } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    await client.sendMessage(ask())
    expect(said()).toEqual([
      ['user', ask()],
      ['assistant', ANSWER_TEXT],
    ])
    expect(client.getStatus()).toBe('ready')
    await client.sendMessage(ask('no-evidence'))
    expect(said()).toHaveLength(4)
    expect(chat.modelCalls).toBe(1)
  })

  carries('tanstack-ai', 'sources', async () => {
    await using chat = await serve()
    const { client, custom } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    await client.sendMessage(ask())
    expect(custom('sources')).toMatchObject([[{ text: SOURCE_TEXTS[0] }, { text: SOURCE_TEXTS[1] }]])
    expect(client.getMessages().at(-1)?.metadata).toMatchObject({ sources: METADATA.sources })
  })

  carries('tanstack-ai', 'citations', async () => {
    await using chat = await serve()
    const { client, custom } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    await client.sendMessage(ask())
    const start = ANSWER_TEXT.indexOf('[2]')
    expect(custom('citation')).toMatchObject([{ number: 1 }, { number: 2, start, end: start + 3 }])
    expect(client.getMessages().at(-1)?.metadata).toMatchObject({ citations: METADATA.citations })
  })

  carries('tanstack-ai', 'support', async () => {
    await using chat = await serve()
    const { client, custom } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    await client.sendMessage(ask())
    expect(custom('support')).toMatchObject([{ support: 'supported' }, { support: 'supported' }])
  })

  carries('tanstack-ai', 'status', async () => {
    await using chat = await serve()
    const { client, chunks } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    await client.sendMessage(ask())
    const started = chunks.flatMap(({ type, stepName }) => (type === 'STEP_STARTED' ? [stepName] : []))
    expect(started).toEqual(['retrieving', 'generating'])
  })

  carries('tanstack-ai', 'error', async () => {
    await using chat = await serve()
    for (const part of ['fail-first', 'fail-later'] as const) {
      const { client, chunks } = openTanStackChat({ url: `${chat.url}/ag-ui` })
      await client.sendMessage(ask(part))
      expect(client.getStatus()).toBe('error')
      expect(client.getError()?.message).toBe('The model could not be reached')
      expect(JSON.stringify(chunks)).not.toContain(SECRET)
    }
  })

  carries('tanstack-ai', 'stop', async () => {
    await using chat = await serve({ registry: { onDisconnect: 'abort' } })
    const { client, said } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    const sending = client.sendMessage(ask('wait'))
    await eventually(() => expect(said().at(-1)).toEqual(['assistant', FIRST_TEXT]))
    client.stop()
    await chat.aborted()
    await sending
    expect(client.getStatus()).toBe('ready')
  })

  carries('tanstack-ai', 'resume', async () => {
    await using chat = await serve()
    const { client, said } = openTanStackChat({ url: `${chat.url}/ag-ui` })
    const sending = client.sendMessage(ask('wait'))
    await eventually(() => expect(said().at(-1)).toEqual(['assistant', FIRST_TEXT]))
    chat.breakConnections()
    await eventually(() => expect(chat.requests).toEqual(['POST /ag-ui', 'POST /ag-ui']))
    chat.release()
    await sending
    expect(said().at(-1)).toEqual(['assistant', ANSWER_TEXT])
    expect(chat.modelCalls).toBe(1)
  })

  carries('tanstack-ai', 'regenerate', async () => {
    await using chat = await serve()
    const threadId = crypto.randomUUID()
    const { client, said } = openTanStackChat({ url: `${chat.url}/ag-ui`, threadId })
    await client.sendMessage(ask())
    await client.reload()
    expect(said()).toHaveLength(2)
    expect(chat.modelCalls).toBe(2)
    const { turns } = (await (await fetch(`${chat.url}/threads/${threadId}`)).json()) as { readonly turns: unknown[] }
    expect(turns).toMatchObject([{ messageId: client.getMessages().at(-1)?.id }])
  })

  it('has the same answer and one call of the model, wherever its connection breaks', async () => {
    for (const bytes of await breaksOf()) {
      await using chat = await serve()
      const { client, said } = openTanStackChat({ url: `${chat.url}/ag-ui`, fetchClient: breakingFetch(bytes) })
      await client.sendMessage(ask())
      expect(said().at(-1), `after a break at ${bytes} bytes`).toEqual(['assistant', ANSWER_TEXT])
      expect(client.getMessages().at(-1)?.metadata).toMatchObject(METADATA)
      expect([chat.modelCalls, chat.requests.length]).toEqual([1, 2])
    }
  }, 60_000)

  it('reports an error if its connection breaks before the first event', async () => {
    await using chat = await serve()
    const { client } = openTanStackChat({ url: `${chat.url}/ag-ui`, fetchClient: breakingFetch(5) })
    await client.sendMessage(ask())
    expect(client.getStatus()).toBe('error')
    expect([chat.modelCalls, chat.requests.length]).toEqual([1, 1])
  })

  it('loads a conversation, and joins the run that is active in it', async () => {
    await using chat = await serve()
    const url = `${chat.url}/ag-ui`
    const threadId = crypto.randomUUID()
    const first = openTanStackChat({ url, threadId })
    await first.client.sendMessage(ask())
    const sending = first.client.sendMessage(ask('wait'))
    await eventually(() => expect(first.said().at(-1)).toEqual(['assistant', FIRST_TEXT]))

    const second = openTanStackChat({ url, threadId, persistence: true })
    second.client.attach()
    await eventually(() => expect(second.said()).toEqual(first.said()))
    chat.release()
    await sending
    await eventually(() => expect(second.said().at(-1)).toEqual(['assistant', ANSWER_TEXT]))
    expect(second.said()).toEqual(first.said())
    expect(second.client.getMessages()[1]?.metadata).toMatchObject(METADATA)
    expect(chat.modelCalls).toBe(2)
    second.client.dispose()
  })
})

/** Returns the ends of all frames of an answer but the last one, and a place within each frame. */
async function breaksOf(): Promise<readonly number[]> {
  await using chat = await serve()
  let text = ''
  const reading: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    text = await response.clone().text()
    return response
  }
  await openTanStackChat({ url: `${chat.url}/ag-ui`, fetchClient: reading }).client.sendMessage(ask())
  const sizes = text.split(/(?<=\n\n)/u).map((frame) => new TextEncoder().encode(frame).length)
  const ends = sizes.map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0))
  // The opening and the first event come first: a client that breaks before their end has no cursor.
  return ends.slice(1, -1).flatMap((end, index) => [end, end + Math.ceil((sizes[index + 2] ?? 0) / 2)])
}
