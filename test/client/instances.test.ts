import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChatClient, createChatStore, type ChatClientOptions, type FetchFunction } from '../../src/client.ts'
import { hasNginx } from '../support/nginx.ts'
import { hasRedis } from '../support/redis-server.ts'
import { openInstances, WORDS, type Instances } from './support/open-instances.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'
const ANSWER = WORDS.join('')

describe.skipIf(!hasRedis || !hasNginx)('three servers behind nginx', () => {
  let site: Instances
  beforeAll(async () => {
    site = await openInstances()
  }, 60_000)
  afterAll(() => site?.[Symbol.asyncDispose](), 60_000)

  it.each([0, 1, 3, WORDS.length])(
    'the one that the reader is connected to is killed after piece %i, and the other producer goes on: the same text, one generation',
    async (pieces) => {
      await site.startAll()
      const before = site.generations()
      const line = trackedFetch(site)
      const store = createChatStore({ url: site.url, fetch: line.fetch })
      const asked = store.send(question)
      await until(store, ({ turns }) => turns[0]?.phase === 'generating')
      const producer = line.upstream()
      for (const word of WORDS.slice(0, pieces)) site.instance(producer).say(word)
      await untilAnswer(store, WORDS.slice(0, pieces).join(''))
      await line.leave(producer)

      await site.kill(line.upstream())
      for (const word of WORDS.slice(pieces)) site.instance(producer).say(word)
      site.instance(producer).finish()
      await asked
      expect(store.getSnapshot().turns).toMatchObject([
        { status: 'done', result: { answer: ANSWER, finishReason: 'stop', saved: true } },
      ])
      expect(site.generations() - before).toBe(1)
      expect(line.questions()).toBe(1)
    },
    60_000,
  )

  it.each([
    [1, 'connected to it'],
    [3, 'connected to it'],
    [2, 'connected to another one'],
  ])(
    'the producer is killed after piece %i while the reader is %s: the stored part and producer-lost, never a second generation',
    async (pieces, place) => {
      await site.startAll()
      const before = site.generations()
      const line = trackedFetch(site)
      const store = createChatStore({ url: site.url, fetch: line.fetch })
      const asked = store.send(question)
      await until(store, ({ turns }) => turns[0]?.phase === 'generating')
      const producer = line.upstream()
      const text = WORDS.slice(0, pieces).join('')
      for (const word of WORDS.slice(0, pieces)) site.instance(producer).say(word)
      await untilAnswer(store, text)
      if (place !== 'connected to it') await line.leave(producer)

      await site.kill(producer)
      await asked
      const [turn] = store.getSnapshot().turns
      expect(turn).toMatchObject({ status: 'error', error: { code: 'producer-lost', retryable: true } })
      expect(text.startsWith(turn?.result.answer ?? 'none')).toBe(true)
      expect(site.generations() - before).toBe(1)
      expect(line.questions()).toBe(1)
      const stored = await createChatClient({ url: site.url }).turns(store.getSnapshot().threadId ?? '')
      expect(stored).toMatchObject([{ question }])

      // The reader may ask again, which is a generation of its own.
      const again = store.regenerate()
      await until(store, ({ turns }) => turns.at(-1)?.phase === 'generating')
      for (const word of WORDS) site.instance(line.upstream()).say(word)
      site.instance(line.upstream()).finish()
      await again
      expect(store.getSnapshot().turns.at(-1)).toMatchObject({ status: 'done', result: { answer: ANSWER } })
      expect(site.generations() - before).toBe(2)
    },
    60_000,
  )

  it('all are killed and come back: the answer is reported as lost, and the reader does not hang', async () => {
    await site.startAll()
    const line = trackedFetch(site)
    const store = createChatStore({ url: site.url, fetch: line.fetch, attempts: 30 })
    const asked = store.send(question)
    await until(store, ({ turns }) => turns[0]?.phase === 'generating')
    const producer = line.upstream()
    site.instance(producer).say('Cats ')
    await untilAnswer(store, 'Cats ')
    await site.killAll()
    await until(store, ({ turns }) => turns[0]?.isReconnecting === true)
    await site.startAll()
    await asked
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'error', error: { code: 'producer-lost' } }])
    expect(line.questions()).toBe(1)
  }, 60_000)
})

/** A fetch that knows which server answers, and can break its connection. */
function trackedFetch(site: Instances) {
  let broken = new AbortController()
  let upstream = 0
  let questions = 0
  const waiting = new Set<() => void>()

  const trackedFetch: FetchFunction = async (url, request) => {
    if (url.endsWith('/chat')) questions += 1
    const isRead = /\/(?:chat|events)$/u.test(url)
    const signals = [broken.signal, ...(request.signal ? [request.signal as AbortSignal] : [])]
    const response = await fetch(url, { ...(request as RequestInit), signal: AbortSignal.any(signals) })
    if (isRead && response.ok) {
      upstream = site.portOf(response.headers.get('x-upstream'))
      for (const look of waiting) look()
    }
    return response
  }

  return {
    fetch: trackedFetch satisfies ChatClientOptions['fetch'],
    /** The port of the server that sends the events. */
    upstream: () => upstream,
    questions: () => questions,
    /** Breaks the connection until another server than this one sends the events. */
    async leave(port: number) {
      while (upstream === port) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        broken.abort()
        broken = new AbortController()
        await promise
        waiting.delete(resolve)
      }
    },
  }
}
