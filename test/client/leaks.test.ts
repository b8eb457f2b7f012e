import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createChatClient, createChatStore } from '../../src/client.ts'
import { scriptedChatModel } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { createCutProxy } from './support/cut-proxy.ts'
import { openChat } from './support/open-chat.ts'
import { untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'
const RUNS = 200

afterEach(() => void vi.unstubAllGlobals())

/** Counts the listeners of a page. */
function stubPage() {
  let listeners = 0
  vi.stubGlobal('addEventListener', () => (listeners += 1))
  vi.stubGlobal('removeEventListener', () => (listeners -= 1))
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setImmediate(callback))
  return { listeners: () => listeners }
}

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

describe(`${RUNS} answers that were asked for and left`, () => {
  it('by a signal or a break leave no request, no timer and no listener behind', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model, registry: { onDisconnect: 'abort' } })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const client = createChatClient({ url: proxy.url })
    const { signal } = new AbortController()
    await askAndLeave(0)
    const before = timers()
    for (let index = 1; index < RUNS; index++) await askAndLeave(index)

    async function askAndLeave(index: number): Promise<void> {
      const run = client.ask({ question }, { signal })
      for await (const { type } of run) {
        if (type !== 'token') continue
        if (index % 2 === 0) break
        run.disconnect()
      }
      expect(await model.calls[index]?.ended).toBe('aborted')
    }

    expect(getEventListeners(signal, 'abort')).toEqual([])
    await eventually(() => expect(proxy.active).toBe(0))
    await eventually(() => expect(timers()).toBeLessThanOrEqual(before))
    expect(proxy.requests).toHaveLength(RUNS)
  }, 60_000)

  it('while the client waits to connect again leave nothing behind, either', async () => {
    const page = stubPage()
    const before = timers()
    const { signal } = new AbortController()
    let requests = 0
    const client = createChatClient({
      url: '/api',
      fetch: async () => {
        requests += 1
        throw new Error('No network')
      },
    })
    for (let index = 0; index < RUNS; index++) {
      const waiting = Promise.withResolvers<void>()
      const run = client.ask({ question }, { signal, onReconnect: () => waiting.resolve() })
      const next = run[Symbol.asyncIterator]().next()
      await waiting.promise
      run.disconnect()
      expect(await next).toMatchObject({ done: true })
    }
    expect(requests).toBe(RUNS)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(page.listeners()).toBe(0)
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it('of stores that a page has shown and dropped leave no listener on the page', async () => {
    const page = stubPage()
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model, registry: { onDisconnect: 'abort' } })
    for (let index = 0; index < RUNS; index++) {
      const store = createChatStore({ url: chat.url })
      const leave = store.subscribe(() => {})
      const asked = store.send(question)
      await untilAnswer(store, 'Cats ')
      expect(page.listeners()).toBeGreaterThan(0)
      store.disconnect()
      leave()
      await asked
      expect(await model.calls[index]?.ended).toBe('aborted')
    }
    expect(page.listeners()).toBe(0)
  }, 60_000)
})

describe('an answer that was read to its end', () => {
  it('leaves no timer and no listener behind', async () => {
    await using chat = await openChat()
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const { signal } = new AbortController()
    const client = createChatClient({ url: proxy.url })
    for (let index = 0; index < 20; index++) {
      for await (const event of client.ask({ question }, { signal })) event.seq satisfies number
    }
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await eventually(() => expect(proxy.active).toBe(0))
  })
})
