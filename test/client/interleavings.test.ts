import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChatStore, type ChatStore } from '../../src/client.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { createCutProxy, type Cut } from './support/cut-proxy.ts'
import { ANSWER, DELTAS, FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

describe('a store', () => {
  it('that is resumed twice at once reads the answer once', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]) })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    store.disconnect()
    await asked
    const resumed = Promise.all([store.resume(), store.resume()])
    gate.open()
    await resumed
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    expect(proxy.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
  })

  it('that opens two conversations at once shows the second one', async () => {
    await using chat = await openChat()
    const [first, second] = [createChatStore({ url: chat.url }), createChatStore({ url: chat.url })]
    await first.send('First?')
    await second.send('Second?')
    const store = createChatStore({ url: chat.url })
    await Promise.all([first, second].map((each) => store.open(each.getSnapshot().threadId)))
    expect(store.getSnapshot()).toMatchObject({ isLoading: false, turns: [{ question: 'Second?' }] })
  })

  it('that is refreshed after a disconnect does not read on by itself', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH])
    await using chat = await openChat({ model })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    store.disconnect()
    await asked
    await store.refresh()
    expect(store.getSnapshot()).toMatchObject({ status: 'ready', turns: [{ status: 'disconnected' }] })
    expect(proxy.requests).toEqual(['POST /chat', 'GET /threads/*'])
    // Once the server has the end, a refresh shows it.
    gate.open()
    await model.calls[0]?.ended
    await vi.waitFor(async () => {
      await store.refresh()
      expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    })
  })

  it('that is resumed during a refresh reads the answer once', async () => {
    const gate = createGate()
    const held = createGate()
    const model = scriptedChatModel([{ gate }, 'Cats sleep.', FINISH])
    await using chat = await openChat({ model })
    const requests: string[] = []
    const store = createChatStore({
      url: chat.url,
      fetch: async (url, request) => {
        requests.push(url.replace(/.*\//u, ''))
        const response = await fetch(url, request as RequestInit)
        if (url.includes('/threads/')) await held.pass()
        return response
      },
    })
    const asked = store.send(question)
    await until(store, ({ turns }) => turns[0]?.phase === 'generating')
    store.disconnect()
    await asked
    const refreshed = store.refresh()
    await held.reached()
    const resumed = store.resume()
    await vi.waitFor(() => expect(requests).toContain('events'))
    held.open()
    await refreshed
    gate.open()
    await resumed
    await until(store, ({ status }) => status === 'ready')
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    expect(requests.filter((name) => name === 'events')).toHaveLength(1)
    expect(model.calls).toHaveLength(1)
  })

  it('that disconnects while it opens a conversation shows that, and does not read on', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]) })
    const first = createChatStore({ url: chat.url })
    const asked = first.send(question)
    const { threadId } = await untilAnswer(first, 'Cats ')
    const store = createChatStore({ url: chat.url })
    const opened = store.open(threadId)
    store.disconnect()
    await opened
    expect(store.getSnapshot()).toMatchObject({
      status: 'ready',
      isLoading: false,
      turns: [{ question, status: 'disconnected' }],
    })
    gate.open()
    await asked
    await store.resume()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
  })

  it('that is refreshed shows a turn no longer that another page has replaced', async () => {
    const gate = createGate()
    const model = scriptedChatModel((_request, attempt) =>
      attempt === 1 ? ['Cats ', { gate }, 'sleep.', FINISH] : ['Sixteen hours.', FINISH],
    )
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const { threadId } = await untilAnswer(store, 'Cats ')
    store.disconnect()
    await asked
    const other = createChatStore({ url: chat.url })
    await other.open(threadId)
    gate.open()
    await until(other, ({ turns }) => turns[0]?.status === 'done')
    await other.regenerate()
    await store.refresh()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Sixteen hours.' } }])
    expect(store.getSnapshot().turns).toHaveLength(1)
  })

  it.each([
    ['a question is asked', (store: ChatStore) => store.send('And fish?'), ['And birds?', 'And dogs?', 'And fish?']],
    ['another load shows its turns', (store: ChatStore) => store.refresh(), ['And birds?', 'And dogs?']],
  ])('shows the turns of a load that was still going on when %s', async (_, act, expected) => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url, fetch: holdFirstLoad })
    const held = createGate()
    let loads = 0
    async function holdFirstLoad(url: string, request: object): Promise<Response> {
      const response = await fetch(url, request)
      if (url.includes('/threads/') && (loads += 1) === 1) await held.pass()
      return response
    }
    await store.send('And birds?')
    const other = createChatStore({ url: chat.url })
    await other.open(store.getSnapshot().threadId)
    await other.send('And dogs?')
    const loaded = store.refresh()
    await held.reached()
    await act(store)
    held.open()
    await loaded
    expect(store.getSnapshot().turns.map(({ question: shown }) => shown)).toEqual(expected)
  })

  it('asked to load while it reads an answer does so after that answer', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]) })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    await store.refresh()
    expect(proxy.requests).toEqual(['POST /chat'])
    gate.open()
    await asked
    expect(proxy.requests).toEqual(['POST /chat', 'GET /threads/*'])
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
  })

  it('that is refreshed after a refused question sends it no second time', async () => {
    await using chat = await openChat({
      scope: () => {
        throw Response.json({}, { status: 401 })
      },
    })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    await store.send(question)
    await store.refresh()
    await store.refresh()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'error', error: { code: 'unauthorized' } }])
    expect(proxy.requests.filter((request) => request === 'POST /chat')).toHaveLength(1)
  })

  it('stops and disconnects while the connection is being restored', async () => {
    for (const verb of ['stop', 'disconnect'] as const) {
      const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
      await using chat = await openChat({ model })
      const online = createGate()
      let reads = 0
      const store = createChatStore({
        url: chat.url,
        fetch: async (url, request) => {
          if (url.endsWith('/events')) {
            reads += 1
            await online.pass()
          }
          return fetch(url, request as RequestInit)
        },
      })
      const asked = store.send(question)
      await untilAnswer(store, 'Cats ')
      chat.breakConnections()
      await until(store, ({ turns }) => turns[0]?.isReconnecting === true)
      await online.reached()
      await store[verb]()
      online.open()
      await asked
      const expected =
        verb === 'stop' ? { status: 'done', result: { finishReason: 'abort' } } : { status: 'disconnected' }
      expect(store.getSnapshot().turns).toMatchObject([{ ...expected, isReconnecting: false, isStopping: false }])
      expect(reads).toBe(1)
      await createChatStore({ url: chat.url }).stop(store.getSnapshot().turns[0]?.runId)
    }
  })

  it('without a history follows a run that blocks its conversation', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH])
    await using chat = await openChat({ model, history: undefined })
    const first = createChatStore({ url: chat.url })
    const asked = first.send(question)
    const { threadId } = await untilAnswer(first, 'Cats ')
    const second = createChatStore({ url: chat.url })
    await second.open(threadId)
    await second.send('And dogs?')
    const { error } = second.getSnapshot().turns.at(-1) ?? {}
    expect(error).toMatchObject({ code: 'thread-busy', runId: first.getSnapshot().turns[0]?.runId })
    const followed = second.resume(error?.runId)
    gate.open()
    await Promise.all([asked, followed])
    const turn = second.getSnapshot().turns.find(({ runId }) => runId === error?.runId)
    expect(turn).toMatchObject({ question, status: 'done', result: { answer: 'Cats sleep.' } })
  })

  it('calls a listener that subscribes and leaves within a notification', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    const calls: string[] = []
    const leave = store.subscribe(() => {
      calls.push('first')
      leave()
      store.subscribe(() => calls.push('second'))
    })
    await store.send(question)
    expect(calls.filter((name) => name === 'first')).toHaveLength(1)
    expect(calls).toContain('second')
  })
})

it('any series of cuts leads to the same answer, and to one generation', async () => {
  const cut: fc.Arbitrary<Cut | undefined> = fc.oneof(
    fc.constantFrom('before-request', 'before-response', 'after-headers', undefined),
    fc.record({ afterSeq: fc.integer({ min: -1, max: 26 }), bytes: fc.nat(60), isEnd: fc.boolean() }),
  )
  const cuts = fc.record({
    series: fc.array(cut, { maxLength: 5 }),
    flushMs: fc.constantFrom(1, 20, 250),
    isLive: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(cuts, async ({ series, flushMs, isLive }) => {
      const gate = createGate()
      const model = scriptedChatModel(isLive ? [...DELTAS.flatMap((delta) => [{ gate }, delta]), FINISH] : ANSWER)
      await using chat = await openChat({ model, registry: { flushMs, onDisconnect: 'continue' } })
      await using proxy = await createCutProxy({
        upstreamPort: chat.port,
        cut: ({ readsBefore }) => series[readsBefore],
        onEvent: ({ type }) => type === 'status' && gate.release(),
        onCut: () => gate.release(),
      })
      // Whatever the series has held back comes in the end.
      const last = setInterval(() => gate.release(), 1)
      try {
        const store = createChatStore({ url: proxy.url })
        await store.send(question)
        expect(store.getSnapshot().turns).toMatchObject([
          { status: 'done', result: { answer: DELTAS.join(''), sources: { length: 2 }, citations: { length: 4 } } },
        ])
        expect(model.calls).toHaveLength(1)
      } finally {
        clearInterval(last)
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)
