import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChatClient, createChatStore, type ChatClientOptions } from '../../src/client.ts'
import { memoryHistoryStore } from '../../src/index.ts'
import { createGate, scriptedChatModel, type Gate } from '../../src/testing.ts'
import { createCutProxy } from './support/cut-proxy.ts'
import { FINISH, openChat, type OpenChatOptions } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

describe('a server that was restarted and has lost its runs', () => {
  it('shows the answer that it has stored, also to a reader that has seen a part of it', async () => {
    const history = memoryHistoryStore()
    await using site = await openRestarted({ history })
    const store = createChatStore(site.options)
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    await site.finish()
    await site.restart()
    await asked
    expect(store.getSnapshot()).toMatchObject({
      status: 'ready',
      turns: [{ status: 'done', result: { answer: 'Cats sleep.', finishReason: 'stop', sources: [{}, {}] } }],
    })
    expect(site.model.calls).toHaveLength(1)
    expect(site.questions()).toBe(1)
  })

  it('shows the stored answer to a page that was reloaded', async () => {
    const history = memoryHistoryStore()
    await using site = await openRestarted({ history })
    const store = createChatStore(site.options)
    const asked = store.send(question)
    const { threadId } = await untilAnswer(store, 'Cats ')
    await site.finish()
    await site.restart()
    await asked
    const reloaded = createChatStore(site.options)
    await reloaded.open(threadId)
    expect(reloaded.getSnapshot().turns[0]?.result).toEqual(store.getSnapshot().turns[0]?.result)
    expect(reloaded.getSnapshot()).toMatchObject({ status: 'ready', isLoading: false })
  })

  it.each([
    ['with a history that has only the question', memoryHistoryStore()],
    ['without a history', undefined],
  ])('%s: the turn fails with a clear error and the text that has come', async (_name, history) => {
    await using site = await openRestarted({ history })
    const store = createChatStore(site.options)
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    await site.restart()
    await asked
    const { status, turns } = store.getSnapshot()
    expect(status).toBe('error')
    expect(turns).toMatchObject([
      {
        status: 'error',
        isReconnecting: false,
        result: { answer: 'Cats ' },
        error: { code: 'run-expired', message: 'This answer can no longer be replayed', status: 410 },
      },
    ])
    expect(site.questions()).toBe(1)

    await store.regenerate()
    const [again] = store.getSnapshot().turns.slice(-1)
    expect(again).toMatchObject({ status: 'done', result: { answer: 'Cats sleep.' } })
    expect(again?.runId).not.toBe(turns[0]?.runId)
    expect(store.getSnapshot().turns).toHaveLength(1)
  })

  it('shows a turn without an end as lost when the thread is opened, and it can be asked again', async () => {
    const history = memoryHistoryStore()
    await using site = await openRestarted({ history })
    const store = createChatStore(site.options)
    const asked = store.send(question)
    const { threadId } = await untilAnswer(store, 'Cats ')
    await site.restart()
    await asked
    const reloaded = createChatStore(site.options)
    await reloaded.open(threadId)
    await until(reloaded, ({ status }) => status === 'error')
    expect(reloaded.getSnapshot().turns).toMatchObject([{ question, status: 'error' }])
    await reloaded.regenerate()
    expect(reloaded.getSnapshot().turns).toMatchObject([
      { question, status: 'done', result: { answer: 'Cats sleep.' } },
    ])
  })

  it('gets a question only once more, if it was restarted before the question arrived', async () => {
    await using chat = await openChat()
    await using proxy = await createCutProxy({
      upstreamPort: chat.port,
      cut: ({ readsBefore }) => (readsBefore < 4 ? 'before-request' : undefined),
    })
    const store = createChatStore({ url: proxy.url })
    await store.send(question)
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done' }])
    expect(proxy.requests.filter((request) => request === 'POST /chat')).toHaveLength(2)
    expect(chat.model.calls).toHaveLength(1)
  })
})

it('a run that the server does not know is a typed error for its reader, and no question is sent', async () => {
  await using chat = await openChat()
  await using proxy = await createCutProxy({ upstreamPort: chat.port })
  const run = createChatClient({ url: proxy.url }).follow({ runId: crypto.randomUUID() })
  await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    name: 'ChatClientError',
    code: 'run-expired',
  })
  expect(proxy.requests).toEqual(['GET /runs/*/events'])
})

it('a run whose events have all come, but not its end, is looked for in the thread after a 204', async () => {
  await using chat = await openChat()
  let reads = 0
  const store = createChatStore({
    url: chat.url,
    fetch: async (url, request) => {
      if (!/\/(?:chat|events)$/u.test(url)) return fetch(url, request as RequestInit)
      reads += 1
      if (reads > 1) return new Response(null, { status: 204 })
      const response = await fetch(url, request as RequestInit)
      const text = await response.text()
      return new Response(text.slice(0, text.indexOf('event: done')), response)
    },
  })
  await store.send(question)
  expect(reads).toBe(2)
  expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { finishReason: 'stop', saved: true } }])
})

/** A server whose place another one can take. The first call of the model waits in its middle. */
async function openRestarted(options: Pick<OpenChatOptions, 'history'>) {
  const said = createGate()
  let online: Gate | undefined
  let questions = 0
  const model = scriptedChatModel((_request, attempt) =>
    attempt === 1 ? ['Cats ', { gate: said }, 'sleep.', FINISH] : ['Cats sleep.', FINISH],
  )
  let chat = await openChat({ model, ...options })
  const { url, port } = chat

  /** Breaks the connections; the client cannot connect again before `restart`. */
  function breakOff(): void {
    online ??= createGate()
    chat.breakConnections()
  }

  return {
    model,
    options: {
      url,
      async fetch(to, request) {
        if (to.endsWith('/chat')) questions += 1
        await online?.pass()
        return fetch(to, request as RequestInit)
      },
    } satisfies ChatClientOptions,
    questions: () => questions,
    /** Lets the answer end while the client cannot be reached. */
    async finish() {
      breakOff()
      said.open()
      await vi.waitFor(async () => expect(await createChatClient({ url }).runs()).toEqual([]))
    },
    async restart() {
      breakOff()
      await chat.close()
      chat = await openChat({ model, ...options, port })
      online?.open()
    },
    async [Symbol.asyncDispose]() {
      said.open()
      await chat.close()
    },
  }
}
