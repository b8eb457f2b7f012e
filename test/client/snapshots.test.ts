import { afterEach, describe, expect, it, vi } from 'vitest'
import { createChatStore, type ChatSnapshot } from '../../src/client.ts'
import { ChatError } from '../../src/index.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { createCutProxy } from './support/cut-proxy.ts'
import { FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'

afterEach(() => void vi.unstubAllGlobals())

/** Replaces the frames of a browser; the test runs them. */
function stubFrames() {
  const waiting: (() => void)[] = []
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => waiting.push(callback))
  return {
    waiting,
    run: () => waiting.splice(0).forEach((callback) => callback()),
  }
}

describe('the snapshots of a store', () => {
  it('come once a frame during a burst of tokens, and the last event is published at once', async () => {
    const frames = stubFrames()
    const deltas = Array.from({ length: 1_000 }, (_, index) => `${index} `)
    await using chat = await openChat({ model: scriptedChatModel([...deltas, FINISH]) })
    const store = createChatStore({ url: chat.url })
    const seen: ChatSnapshot[] = []
    store.subscribe(() => seen.push(store.getSnapshot()))
    await store.send(question)
    // No frame has run: the begin of the turn, and its end.
    expect(seen.length).toBeLessThanOrEqual(3)
    expect(frames.waiting.length).toBeLessThanOrEqual(2)
    expect(seen[0]).toMatchObject({ status: 'submitted', turns: [{ status: 'submitted', question }] })
    expect(seen.at(-1)).toMatchObject({
      status: 'ready',
      turns: [{ status: 'done', result: { answer: deltas.join('') } }],
    })
    const last = store.getSnapshot()
    frames.run()
    expect(store.getSnapshot()).toBe(last)
  })

  it('are the same object between two publications, while tokens come', async () => {
    const frames = stubFrames()
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', 'sleep ', { gate }, 'long.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const before = store.getSnapshot()
    await gate.reached()
    await vi.waitFor(() => expect(frames.waiting).toHaveLength(1))
    expect(store.getSnapshot()).toBe(before)
    frames.run()
    await vi.waitFor(() => {
      frames.run()
      expect(store.getSnapshot().turns[0]?.result.answer).toBe('Cats sleep ')
    })
    expect(store.getSnapshot()).toBe(store.getSnapshot())
    gate.open()
    await asked
    expect(store.getSnapshot().turns[0]?.result.answer).toBe('Cats sleep long.')
  })

  it('are consistent: the status of the store is that of its last turn, at each publication', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    const seen: string[] = []
    store.subscribe(() => {
      const { status, turns } = store.getSnapshot()
      seen.push(`${status} ${turns.at(-1)?.status}`)
    })
    await store.send(question)
    expect([...new Set(seen)].filter((pair) => pair !== 'submitted submitted')).toEqual(
      expect.arrayContaining(['ready done']),
    )
    for (const pair of seen) expect(['submitted submitted', 'streaming streaming', 'ready done']).toContain(pair)
  })

  it('keep the identity of finished turns, also after further answers and a refresh', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const [first] = store.getSnapshot().turns
    const identities = new Set<unknown>()
    store.subscribe(() => identities.add(store.getSnapshot().turns[0]))
    await store.send('And dogs?')
    const second = store.getSnapshot().turns[1]
    await store.refresh()
    await store.send('And birds?')
    expect([...identities]).toEqual([first])
    expect(store.getSnapshot().turns[0]).toBe(first)
    expect(store.getSnapshot().turns[1]).toBe(second)
  })

  it('keep the identity of failed and stopped turns after a refresh', async () => {
    const model = scriptedChatModel((_request, attempt) =>
      attempt === 1
        ? ['Cats ', { error: new ChatError('down', { code: 'upstream-rejected' }) }]
        : ['Dogs ', { hang: 'until-abort' }],
    )
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const asked = store.send('And dogs?')
    await untilAnswer(store, 'Dogs ')
    await store.stop()
    await asked
    const { turns } = store.getSnapshot()
    expect(turns).toMatchObject([{ status: 'error' }, { status: 'done', result: { finishReason: 'abort' } }])
    await store.refresh()
    expect(store.getSnapshot().turns[0]).toBe(turns[0])
    expect(store.getSnapshot().turns[1]).toBe(turns[1])
  })

  it('change no earlier snapshot', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    const seen: { readonly snapshot: ChatSnapshot; readonly json: string }[] = []
    store.subscribe(() => seen.push({ snapshot: store.getSnapshot(), json: JSON.stringify(store.getSnapshot()) }))
    await store.send(question)
    await store.send('And dogs?')
    for (const { snapshot, json } of seen) expect(JSON.stringify(snapshot)).toBe(json)
  })

  it('reach each listener until it leaves, and one that subscribes twice leaves twice', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    const listener = vi.fn<() => void>()
    const leave = store.subscribe(listener)
    const leaveAgain = store.subscribe(listener)
    leave()
    leave()
    await store.send(question)
    const calls = listener.mock.calls.length
    expect(calls).toBeGreaterThan(0)
    leaveAgain()
    await store.send('And dogs?')
    expect(listener).toHaveBeenCalledTimes(calls)
  })

  it('show the phase, the sources before the text, and that the connection is being restored', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel([{ gate }, 'Cats ', { gate }, 'sleep.', FINISH]) })
    const online = createGate()
    let reads = 0
    const store = createChatStore({
      url: chat.url,
      fetch: async (url, request) => {
        reads += 1
        if (reads > 1) await online.pass()
        return fetch(url, request as RequestInit)
      },
    })
    const asked = store.send(question)
    const generating = await until(store, ({ turns }) => turns[0]?.phase === 'generating')
    expect(generating.turns[0]).toMatchObject({ status: 'submitted', result: { answer: '', sources: [{}, {}] } })
    gate.release()
    await untilAnswer(store, 'Cats ')
    chat.breakConnections()
    const broken = await until(store, ({ turns }) => turns[0]?.isReconnecting === true)
    expect(broken.turns[0]).toMatchObject({ status: 'streaming', result: { answer: 'Cats ' } })
    online.open()
    gate.open()
    await asked
    expect(store.getSnapshot().turns[0]).toMatchObject({ status: 'done', isReconnecting: false })
    expect(store.getSnapshot().turns[0]?.phase).toBeUndefined()
  })
})

describe('resume', () => {
  it('of a turn that has ended sends nothing, and keeps it as it is', async () => {
    await using chat = await openChat()
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    await store.send(question)
    const page = createChatStore({ url: proxy.url })
    await page.open(store.getSnapshot().threadId)
    const requests = proxy.requests.length
    for (const each of [store, page]) {
      const [turn] = each.getSnapshot().turns
      await each.resume()
      await each.resume(turn?.runId)
      expect(each.getSnapshot().turns[0]).toBe(turn)
    }
    expect(proxy.requests).toHaveLength(requests)
  })
})
