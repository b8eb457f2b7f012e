import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from 'redis'
import { createChatClient, createChatStore } from '../../src/client.ts'
import type { ChatEvent } from '../../src/index.ts'
import { redisRunStore } from '../../src/redis.ts'
import { createGate, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { createCutProxy, type Cut, type CutProxyOptions } from './support/cut-proxy.ts'
import { DELTAS, FINISH, openChat, type OpenChatOptions } from './support/open-chat.ts'

const question = 'How long do cats and dogs sleep?'

/** `seq` of the last event of the answer. */
const LAST = 26
const EVERY_SEQ = Array.from({ length: LAST + 2 }, (_, index) => index - 1)

// Without a wait before the client connects again. The clock stands still, so that the timings of all answers are equal.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

let uncut: readonly ChatEvent[]
beforeAll(async () => {
  await using chat = await openChat({ clock: manualClock() })
  uncut = await read(chat.url)
})

it('the answer of these tests has every kind of event', () => {
  const kinds = new Set(uncut.map(({ type }) => type))
  expect([...kinds].sort()).toEqual(['citation', 'done', 'query', 'source', 'start', 'status', 'support', 'token'])
  expect(uncut.at(-1)).toMatchObject({ seq: LAST, answer: DELTAS.join(''), saved: true })
})

describe.each([
  { state: 'that has ended', isLive: false, flushMs: 1 },
  { state: 'that is being written', isLive: true, flushMs: 1 },
  { state: 'whose events are not stored yet', isLive: true, flushMs: 250 },
])('a connection to an answer $state', ({ isLive, flushMs }) => {
  const open = (options: Pick<CutOptions, 'cut'>) => openCut({ ...options, isLive, registry: { flushMs } })

  it.each(EVERY_SEQ)('may break after event %i: the events are the same, and the model is asked once', async (seq) => {
    await using site = await open({ cut: ({ readsBefore }) => (readsBefore === 0 ? { afterSeq: seq } : undefined) })
    expect(await read(site.url)).toEqual(uncut)
    expect(site.generations()).toBe(1)
    expect(site.questions()).toBe(1)
  })

  it.each(EVERY_SEQ)('may end after event %i, without the last one: the store shows the same result', async (seq) => {
    const cut: Cut = { afterSeq: seq, isEnd: true }
    await using site = await open({ cut: ({ readsBefore }) => (readsBefore === 0 ? cut : undefined) })
    expect(await ask(site.url)).toEqual(resultOf(uncut))
    expect([site.generations(), site.questions()]).toEqual([1, 1])
  })

  it.each(['before-response', 'after-headers'] as const)('may break %s', async (cut) => {
    await using site = await open({ cut: ({ readsBefore }) => (readsBefore === 0 ? cut : undefined) })
    expect(await read(site.url)).toEqual(uncut)
    expect([site.generations(), site.questions()]).toEqual([1, 1])
  })

  it('may break before the question arrives: it is sent again, after the server has said that it has no such run', async () => {
    await using site = await open({ cut: ({ readsBefore }) => (readsBefore === 0 ? 'before-request' : undefined) })
    expect(await read(site.url)).toEqual(uncut)
    expect(site.requests()).toEqual(['POST /chat', 'GET /runs/*/events', 'POST /chat'])
    expect(site.generations()).toBe(1)
  })

  it('may break after each single event', async () => {
    await using site = await open({ cut: ({ lastSeq }) => ({ afterSeq: lastSeq + 1, isEnd: true }) })
    expect(await read(site.url)).toEqual(uncut)
    expect([site.generations(), site.questions()]).toEqual([1, 1])
    expect(site.requests().length).toBeGreaterThanOrEqual(LAST)
  })

  it('may break in each way between two events', async () => {
    const ways: readonly Cut[] = ['before-request', 'before-response', 'after-headers']
    const cut: CutOptions['cut'] = ({ readsBefore, lastSeq }) =>
      ways[(readsBefore + 3) % 4] ?? { afterSeq: lastSeq + 1, bytes: 9, isEnd: true }
    await using site = await open({ cut })
    expect(await read(site.url)).toEqual(uncut)
    expect([site.generations(), site.questions()]).toEqual([1, 1])
  })
})

describe('a connection that breaks inside a frame', () => {
  const lengthOf = (seq: number) => Buffer.byteLength(frameOf(uncut[seq]))

  it.each([
    { name: 'a citation', seq: 8 },
    { name: 'text of more than one byte for each character', seq: 16 },
    { name: 'a surrogate pair', seq: 18 },
  ])('leads to the same events, at every byte of $name', async ({ seq }) => {
    for (let bytes = 1; bytes < lengthOf(seq); bytes++) {
      const cut: CutOptions['cut'] = ({ readsBefore }) => (readsBefore === 0 ? { afterSeq: seq - 1, bytes } : undefined)
      await using site = await openCut({ cut, isLive: false })
      expect(await read(site.url), `after ${bytes} bytes`).toEqual(uncut)
      expect([site.generations(), site.questions()]).toEqual([1, 1])
    }
  })

  it.each(EVERY_SEQ.slice(0, -1))(
    'leads to the same events, in the middle of the frame after event %i',
    async (seq) => {
      const bytes = Math.floor(lengthOf(seq + 1) / 2)
      const cut: CutOptions['cut'] = ({ readsBefore }) => (readsBefore === 0 ? { afterSeq: seq, bytes } : undefined)
      await using site = await openCut({ cut, isLive: true })
      expect(await read(site.url)).toEqual(uncut)
      expect([site.generations(), site.questions()]).toEqual([1, 1])
    },
  )
})

describe.skipIf(!hasRedis)('with the events of a run in Redis', () => {
  let redis: RedisServer
  let client: ReturnType<typeof createClient>
  let subscriber: ReturnType<typeof createClient>

  beforeAll(async () => {
    redis = await startRedisServer()
    client = createClient({ url: redis.url })
    subscriber = client.duplicate()
    await Promise.all([client.connect(), subscriber.connect()])
  })
  afterAll(async () => {
    for (const each of [client, subscriber]) each?.destroy()
    await redis?.close()
  })

  it.each(EVERY_SEQ)('a connection may break after event %i, also if events come twice', async (seq) => {
    const store = redisRunStore({ client, subscriber })
    const cut: CutOptions['cut'] = ({ readsBefore }) => (readsBefore === 0 ? { afterSeq: seq } : undefined)
    await using site = await openCut({ cut, isLive: true, registry: { store } })
    expect(await ask(site.url)).toEqual(resultOf(uncut))
    expect([site.generations(), site.questions()]).toEqual([1, 1])
    if (seq >= 0 && seq < LAST) expect(site.repeated(), 'events that came twice').toBeGreaterThan(0)
  })
})

interface CutOptions extends Pick<CutProxyOptions, 'cut'>, Pick<OpenChatOptions, 'registry'> {
  /** True if the model says no more than one or two pieces that have not passed the proxy, until the cut. */
  readonly isLive: boolean
}

/** A server behind a proxy that breaks connections. */
async function openCut({ cut, isLive, registry = { flushMs: 1 } }: CutOptions) {
  const gate = createGate()
  const model = scriptedChatModel([...DELTAS.flatMap((delta) => [{ gate }, delta]), { gate }, FINISH])
  if (isLive) gate.release()
  else gate.open()
  const passed: number[] = []
  const chat = await openChat({ model, registry, clock: manualClock() })
  const proxy = await createCutProxy({
    upstreamPort: chat.port,
    ...(cut && { cut }),
    onEvent(event) {
      passed.push(event.seq)
      if (event.type === 'token' && !event.delta.startsWith('[')) gate.release()
    },
    onCut: () => gate.open(),
  })
  return {
    url: proxy.url,
    requests: () => proxy.requests,
    generations: () => model.calls.length,
    questions: () => proxy.requests.filter((request) => request === 'POST /chat').length,
    repeated: () => passed.length - new Set(passed).size,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      await chat.close()
    },
  }
}

/** Reads an answer to its end; the ids of the run are left out. */
async function read(url: string): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of createChatClient({ url }).ask({ question })) {
    events.push(event.type === 'start' ? { ...event, runId: '', messageId: '', threadId: '' } : event)
  }
  return events
}

/** Asks with a store; returns the result that it shows at the end. */
async function ask(url: string) {
  const store = createChatStore({ url })
  await store.send(question)
  const [turn, ...others] = store.getSnapshot().turns
  expect([turn?.status, turn?.isReconnecting, others]).toEqual(['done', false, []])
  return turn?.result
}

function resultOf(events: readonly ChatEvent[]) {
  const { type: _type, seq: _seq, ...result } = events.at(-1) ?? expect.fail('There are no events')
  return result
}

function frameOf(event: ChatEvent | undefined): string {
  return `event: ${event?.type}\ndata: ${JSON.stringify(event)}\n\n`
}
