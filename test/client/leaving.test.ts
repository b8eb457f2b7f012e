import { describe, expect, it, vi } from 'vitest'
import { createChatClient, createChatStore, type ChatStore, type FetchFunction } from '../../src/client.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { createCutProxy } from './support/cut-proxy.ts'
import { ANSWER, FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'

/** A fetch in which the requests for a conversation wait at a gate. */
function holdingThreads(gate: ReturnType<typeof createGate>): FetchFunction {
  return async (url, request) => {
    if (url.includes('/threads/')) await gate.pass()
    return fetch(url, request as RequestInit)
  }
}

describe('a reader that leaves between two events of one chunk', () => {
  it('gets the others when it comes back', async () => {
    await using chat = await openChat({ model: scriptedChatModel(ANSWER) })
    const run = createChatClient({
      url: chat.url,
      // The whole answer in one chunk.
      fetch: async (url, request) => {
        const response = await fetch(url, request as RequestInit)
        return new Response(await response.text(), response)
      },
    }).ask({ question })
    const seqs: number[] = []
    for await (const { seq } of run) {
      seqs.push(seq)
      if (seq === 5) run.disconnect()
    }
    expect(seqs).toHaveLength(6)
    for await (const { seq } of run) seqs.push(seq)
    expect(seqs).toEqual(seqs.map((_, index) => index))
    expect(seqs.length).toBeGreaterThan(10)
  })
})

describe('a store that is left while it loads a conversation', () => {
  it('shows the conversation, and reads its running answer only after resume', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH])
    await using chat = await openChat({ model, registry: { onDisconnect: 'continue' } })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const first = createChatStore({ url: chat.url })
    const asked = first.send(question)
    const { threadId } = await untilAnswer(first, 'Cats ')
    const loading = createGate()
    const second = createChatStore({ url: proxy.url, fetch: holdingThreads(loading) })
    const opened = second.open(threadId)
    await loading.reached()
    second.disconnect()
    loading.open()
    await opened
    expect(second.getSnapshot()).toMatchObject({
      isLoading: false,
      status: 'ready',
      turns: [{ question, status: 'disconnected' }],
    })
    expect(proxy.requests).toEqual(['GET /threads/*'])
    gate.open()
    await Promise.all([asked, second.resume()])
    expect(second.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
  })
})

describe('resume', () => {
  it('during a refresh reads the answer once', async () => {
    const gate = createGate()
    const model = scriptedChatModel([{ gate }, 'Cats sleep.', FINISH])
    await using chat = await openChat({ model, registry: { onDisconnect: 'continue' } })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const loading = createGate()
    const store = createChatStore({ url: proxy.url, fetch: holdingThreads(loading) })
    const asked = store.send(question)
    await until(store, ({ turns }) => turns[0]?.phase === 'generating')
    store.disconnect()
    await asked
    const refreshed = store.refresh()
    await loading.reached()
    const resumed = store.resume()
    loading.open()
    await refreshed
    gate.open()
    await resumed
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    expect(proxy.requests.filter((request) => request === 'GET /runs/*/events')).toHaveLength(1)
  })

  it('of a run while another answer is read adds no turn', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    const resumed = store.resume(crypto.randomUUID())
    gate.open()
    await Promise.all([asked, resumed])
    expect(store.getSnapshot()).toMatchObject({ status: 'ready', turns: { length: 1 } })
  })

  it('of a run does not show it in a conversation that was opened meanwhile', async () => {
    await using chat = await openChat()
    const loading = createGate()
    const store = createChatStore({ url: chat.url, fetch: holdingThreads(loading) })
    await store.send(question)
    const resumed = store.resume(crypto.randomUUID())
    await loading.reached()
    await store.open()
    loading.open()
    await resumed
    expect(store.getSnapshot()).toMatchObject({ status: 'ready', turns: { length: 0 } })
  })
})

describe('a listener', () => {
  it('that opens another conversation when a question fails is not asked that question there', async () => {
    const asked: unknown[] = []
    await using chat = await openChat()
    const store = createChatStore({
      url: chat.url,
      fetch: async (url, request) => {
        if (!url.endsWith('/chat')) return fetch(url, request as RequestInit)
        asked.push(JSON.parse(String(request.body)))
        if (asked.length === 1) return fetch(url, request as RequestInit)
        return Response.json({ code: 'not-found', message: 'No such turn', retryable: false }, { status: 404 })
      },
    })
    await store.send(question)
    const leave = store.subscribe(() => {
      if (store.getSnapshot().status !== 'error') return
      leave()
      void store.open()
    })
    await store.regenerate()
    expect(asked).toHaveLength(2)
    expect(store.getSnapshot()).toMatchObject({ threadId: undefined, turns: { length: 0 } })
  })

  it('that throws is reported, and neither another one nor the answer is lost', async () => {
    const thrown: Error[] = []
    const reported = vi.fn<(error: unknown) => void>()
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', reported)
    try {
      await using chat = await openChat()
      const store = createChatStore({ url: chat.url })
      const seen = vi.fn<() => void>()
      store.subscribe(() => {
        const error = new Error('A view has failed')
        thrown.push(error)
        throw error
      })
      store.subscribe(seen)
      await store.send(question)
      expect(store.getSnapshot()).toMatchObject({ status: 'ready', turns: [{ status: 'done' }] })
      expect(seen).toHaveBeenCalled()
      await vi.waitFor(() => expect(reported.mock.calls.map(([error]) => error)).toEqual(thrown))
      expect(thrown.length).toBeGreaterThan(0)
    } finally {
      process.removeListener('unhandledRejection', reported)
      for (const listener of others) process.on('unhandledRejection', listener)
    }
  })
})

describe('stop', () => {
  it('that succeeds takes back the failure of an earlier one', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    let isOffline = true
    const store = createChatStore({
      url: chat.url,
      fetch: async (url, request) => {
        if (isOffline && url.endsWith('/stop')) throw new Error('No network')
        return fetch(url, request as RequestInit)
      },
    })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    await store.stop()
    expect(errorOf(store)).toMatchObject({ code: 'unreachable' })
    isOffline = false
    await store.stop()
    expect(errorOf(store)).toBeUndefined()
    await asked
  })
})

describe('a page that becomes hidden', () => {
  it('loads nothing before it is visible again', async () => {
    const page = Object.assign(new EventTarget(), { hidden: true })
    vi.stubGlobal('document', page)
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    try {
      await using chat = await openChat()
      await using proxy = await createCutProxy({ upstreamPort: chat.port })
      const store = createChatStore({ url: proxy.url })
      const leave = store.subscribe(() => {})
      await store.send(question)
      page.dispatchEvent(new Event('visibilitychange'))
      page.hidden = false
      page.dispatchEvent(new Event('visibilitychange'))
      await vi.waitFor(() => expect(proxy.requests).toContain('GET /threads/*'))
      leave()
      expect(proxy.requests).toEqual(['POST /chat', 'GET /threads/*'])
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

function errorOf(store: ChatStore) {
  return store.getSnapshot().error
}
