import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import type { NodeRedisClient, RedisClient } from '../../../src/integrations/redis/client.ts'
import { memoryHistoryStore, type ChatError, type HistoryStore, type StoreCallOptions } from '../../../src/index.ts'
import { cachedHistoryStore, redisHistoryStore } from '../../../src/redis.ts'
import { createGate, historyStoreContract, manualClock } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'
import { eventually } from '../../support/eventually.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../../support/redis-server.ts'
import { CLIENTS, type TestClient } from './clients.ts'

const { signal } = new AbortController()
const THREAD = { scope: 'ann', threadId: 't' }

describe.skipIf(!hasRedis)('cachedHistoryStore', () => {
  let server: RedisServer
  let shared: TestClient
  beforeAll(async () => {
    server = await startRedisServer()
    shared = await CLIENTS.redis(server.url)
  })
  afterAll(async () => {
    await shared.close()
    await server.close()
  })

  for (const [name, openClient] of Object.entries(CLIENTS)) {
    historyStoreContract({
      describe,
      it,
      name: `cachedHistoryStore over ${name}`,
      async create() {
        const { client, close } = await openClient(server.url)
        const database = redisHistoryStore({ client: shared.client, prefix: crypto.randomUUID() })
        const prefix = crypto.randomUUID()
        return { store: cachedHistoryStore(database, { client, prefix, cacheMs: 2_000 }), close }
      },
    })
  }

  it('serves a thread with its results from Redis, to every server and for each limit', async () => {
    const database = memoryHistoryStore()
    const loads: number[] = []
    const counted = countLoads(database, loads)
    const prefix = crypto.randomUUID()
    const stores = [0, 1].map(() => cachedHistoryStore(counted, { client: shared.client, prefix, cacheMs: 2_000 }))
    const [one, other] = [stores[0] ?? database, stores[1] ?? database]
    await one.beginTurn(turn('r1'), { signal })
    await one.finishTurn({ ...turn('r1'), result: resultOf('x') }, { signal })
    await one.beginTurn(turn('r2'), { signal })
    const expected = await database.load(THREAD, { limit: 9, signal })
    await cached(one, { limit: 9 }, loads)
    expect(await other.load(THREAD, { limit: 9, signal })).toEqual(expected)
    await cached(other, { limit: 1 }, loads)
    expect(await one.load(THREAD, { limit: 1, signal })).toEqual(expected.slice(-1))
    expect(await one.load({ ...THREAD, scope: 'bob' }, { limit: 9, signal })).toEqual([])
  })

  it('ignores a cache entry of another version', async () => {
    const prefix = crypto.randomUUID()
    const errors: ChatError[] = []
    const database = memoryHistoryStore()
    const { client } = shared
    const store = cachedHistoryStore(database, { client, prefix, onError: (error) => errors.push(error) })
    await database.beginTurn(turn('r1'), { signal })
    const key = `${prefix}:{ann}:cache-entry:t`
    for (const [entry, failures] of [
      ['{"v":2,"turns":"other"}', 0],
      ['{"v":1,"tur', 1],
    ] as const) {
      await toSendCommand(client)('HSET', [key, '50', entry])
      expect((await store.load(THREAD, { limit: 9, signal })).length).toBe(1)
      expect(errors.length).toBe(failures)
    }
  })

  it('keeps at most a few copies of a thread, for any limits that clients request', async () => {
    const prefix = crypto.randomUUID()
    const database = memoryHistoryStore()
    const { client } = shared
    const store = cachedHistoryStore(database, { client, prefix })
    for (let index = 0; index < 60; index++) await database.beginTurn(turn(`r${index}`), { signal })
    for (const limit of [1, 2, 7, 49, 50, 51, 60, 99, 200, 1_000, 5_000]) {
      const turns = await store.load(THREAD, { limit, signal })
      const expected = await database.load(THREAD, { limit, signal })
      expect(turns).toEqual(expected)
    }
    const key = `${prefix}:{ann}:cache-entry:t`
    const fields = (await toSendCommand(client)('HKEYS', [key])) as readonly string[]
    expect(fields.filter((field) => /^\d+$/u.test(field)).length).toBeLessThanOrEqual(3)
  })

  it('answers from the database while Redis fails or hangs, and reports that to onError', async () => {
    const clock = manualClock()
    const errors: ChatError[] = []
    const dead: NodeRedisClient = { sendCommand: () => Promise.reject(new Error('gone')) }
    const deaf: NodeRedisClient = { sendCommand: () => new Promise(() => {}) }
    for (const client of [dead, deaf]) {
      errors.length = 0
      const options = { client, clock, cacheMs: 50, onError: (error: ChatError) => errors.push(error) }
      const store = cachedHistoryStore(memoryHistoryStore(), options)
      await passing(clock, store.beginTurn(turn('r1'), { signal }))
      await passing(clock, store.finishTurn({ ...turn('r1'), result: resultOf('x') }, { signal }))
      expect((await passing(clock, store.load(THREAD, { limit: 9, signal })))[0]?.result?.answer).toBe('x')
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['store-unavailable']))
    }
  })

  it('rejects with the reason of the signal while Redis hangs, and makes no further call to the database', async () => {
    const deaf: NodeRedisClient = { sendCommand: () => new Promise(() => {}) }
    const database = memoryHistoryStore()
    const store = cachedHistoryStore(database, { client: deaf, cacheMs: 60_000 })
    const controller = new AbortController()
    const pending = store.beginTurn(turn('r1'), { signal: controller.signal })
    controller.abort(new Error('left'))
    await expect(pending).rejects.toThrow('left')
    expect(await database.load(THREAD, { limit: 9, signal })).toEqual([])
  })

  it('keeps a bounded number of pending calls while Redis hangs', async () => {
    let calls = 0
    const deaf: NodeRedisClient = { sendCommand: () => new Promise(() => (calls += 1)) }
    const store = cachedHistoryStore(memoryHistoryStore(), { client: deaf, cacheMs: 1 })
    await Promise.all(Array.from({ length: 1_500 }, () => store.load(THREAD, { limit: 9, signal })))
    expect(calls).toBe(1_000)
  })

  it('retries an invalidation that did not reach Redis', async () => {
    const prefix = crypto.randomUUID()
    const database = memoryHistoryStore()
    const loads: number[] = []
    let isCut = false
    const client: NodeRedisClient = {
      sendCommand: (args) => (isCut ? Promise.reject(new Error('cut')) : forward(shared.client, args)),
    }
    const store = cachedHistoryStore(countLoads(database, loads), { client, prefix, cacheMs: 2_000 })
    await store.beginTurn(turn('r1'), { signal })
    await cached(store, { limit: 9 }, loads)
    isCut = true
    await store.beginTurn(turn('r2'), { signal })
    isCut = false
    expect((await store.load(THREAD, { limit: 9, signal })).map(({ runId }) => runId)).toEqual(['r1', 'r2'])
    await cached(store, { limit: 9 }, loads)
  })

  it('caches nothing while a write is in progress, or after a write with an unknown outcome', async () => {
    const memory = memoryHistoryStore()
    const loads: number[] = []
    const gate = createGate()
    const database = {
      ...countLoads(memory, loads),
      async beginTurn() {
        await gate.pass()
        throw new Error('The reply was lost')
      },
    }
    const prefix = crypto.randomUUID()
    const [one, other] = [0, 1].map(() =>
      cachedHistoryStore(database, { client: shared.client, prefix, cacheMs: 2_000 }),
    )
    const writing = one?.beginTurn(turn('r1'), { signal })
    await gate.reached()
    const entries = async (): Promise<unknown> => toSendCommand(shared.client)('KEYS', [`${prefix}:*`])
    for (let load = 0; load < 3; load += 1) await other?.load(THREAD, { limit: 9, signal })
    gate.open()
    await expect(writing).rejects.toThrow('The reply was lost')
    for (let load = 0; load < 3; load += 1) await other?.load(THREAD, { limit: 9, signal })
    expect(loads.length).toBe(6)
    expect(await entries()).toEqual([`${prefix}:{ann}:cache-writers:t`])
  })

  it('shows feedback to every server at once, also if a load was in progress', async () => {
    const memory = memoryHistoryStore()
    await memory.beginTurn(turn('r1'), { signal })
    await memory.finishTurn({ ...turn('r1'), result: resultOf('x') }, { signal })
    const loads: number[] = []
    const gate = createGate()
    let isSlow = false
    const database: HistoryStore = {
      ...countLoads(memory, loads),
      async load(thread, options) {
        loads.push(options.limit)
        const turns = await memory.load(thread, options)
        if (isSlow) await gate.pass()
        return turns
      },
    }
    const prefix = crypto.randomUUID()
    const [one, other] = [0, 1].map(() =>
      cachedHistoryStore(database, { client: shared.client, prefix, cacheMs: 2_000 }),
    )
    if (!one || !other) return expect.fail('There are no stores')
    const run = { scope: 'ann', runId: 'r1' }
    const rating = async (store: HistoryStore) => (await store.load(THREAD, { limit: 9, signal }))[0]?.feedback?.rating
    await cached(one, { limit: 9 }, loads)
    await other.setFeedback?.(run, { feedback: { rating: 'up' }, signal })
    isSlow = true
    const slow = rating(one)
    await gate.reached()
    isSlow = false
    await other.setFeedback?.(run, { feedback: { rating: 'down' }, signal })
    gate.open()
    expect(await slow).toBe('up')
    expect([await rating(one), await rating(other)]).toEqual(['down', 'down'])
    await cached(one, { limit: 9 }, loads)
    expect(await rating(other)).toBe('down')
    expect(await other.setFeedback?.({ scope: 'ann', runId: 'r2' }, { feedback: undefined, signal })).toBe(undefined)
  })

  it('has only the optional methods that its database has', () => {
    const { rename: _rename, setFeedback: _setFeedback, ...without } = memoryHistoryStore()
    const options = { client: shared.client, prefix: crypto.randomUUID() }
    const methods = (store: HistoryStore) => [store.rename, store.setFeedback].map((method) => typeof method)
    expect(methods(cachedHistoryStore(without, options))).toEqual(['undefined', 'undefined'])
    expect(methods(cachedHistoryStore(memoryHistoryStore(), options))).toEqual(['function', 'function'])
    const { find: _find, ...unfindable } = memoryHistoryStore()
    expect(methods(cachedHistoryStore(unfindable, options))).toEqual(['function', 'undefined'])
  })

  it('shows every load all earlier writes, on two servers and for any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 12 }), fc.infiniteStream(fc.nat()), async (ops, picks) => {
        const world = createWorld({ client: shared.client, picks, cacheFails: false })
        await world.run(ops)
        for (const { seen, from } of world.loads) expect(from).toContain(seen)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('shows a server its own writes even if its cache fails at any step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 12 }), fc.infiniteStream(fc.nat()), async (ops, picks) => {
        const world = createWorld({ client: shared.client, picks, cacheFails: true })
        await world.run(ops)
        for (const { seen, fromOwn } of world.loads) expect(fromOwn).toContain(seen)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

function turn(runId: string) {
  return { ...THREAD, runId, messageId: 'm', question: 'Why?' }
}

function forward(client: RedisClient, [name = '', ...args]: string[]): Promise<unknown> {
  return toSendCommand(client)(name, args)
}

/** A store that records the limits of its loads. */
function countLoads(store: HistoryStore, loads: number[]): HistoryStore {
  return {
    ...store,
    load(thread, options) {
      loads.push(options.limit)
      return store.load(thread, options)
    },
  }
}

/** Loads until the cache answers, because it is filled in the background. */
async function cached(store: HistoryStore, { limit }: { readonly limit: number }, loads: number[]): Promise<void> {
  await eventuallyTrue(async () => {
    const before = loads.length
    await store.load(THREAD, { limit, signal })
    return loads.length === before
  })
}

async function eventuallyTrue(isSo: () => Promise<boolean>): Promise<void> {
  let held = false
  const attempt = async (): Promise<void> => {
    while (!held) held = await isSo()
  }
  void attempt()
  await eventually(() => expect(held).toBe(true))
}

/** Advances the clock until a call settles. */
async function passing<T>(clock: ReturnType<typeof manualClock>, call: Promise<T>): Promise<T> {
  let settled = false
  const done = (): void => void (settled = true)
  call.then(done, done)
  while (!settled) {
    await setImmediate()
    await clock.advance(50)
  }
  return call
}

interface WorldOptions {
  readonly client: RedisClient
  /** Random numbers that choose the steps. */
  readonly picks: Iterator<number>
  readonly cacheFails: boolean
}

interface Load {
  readonly seen: string
  /** Results that the load may have seen, considering the completed writes of all servers. */
  readonly from: readonly string[]
  /** Results that it may have seen, considering only the completed writes of its own server. */
  readonly fromOwn: readonly string[]
}

/** Two servers with one database; a random choice decides which pending step continues. */
function createWorld({ client, picks, cacheFails }: WorldOptions) {
  const pick = (below: number): number => Number(picks.next().value) % below
  const held: (() => void)[] = []
  const pause = (): Promise<void> => new Promise((resolve) => held.push(resolve))
  let busy = 0

  const gated: NodeRedisClient = {
    async sendCommand(args) {
      await pause()
      const fate = cacheFails ? pick(4) : 0
      if (fate === 1) throw new Error('The command was lost')
      busy += 1
      const reply = await forward(client, args).finally(() => (busy -= 1))
      await pause()
      if (fate === 2) throw new Error('The reply was lost')
      return reply
    },
  }

  const memory = memoryHistoryStore()
  const states = ['[]']
  const load = async (): Promise<string> => idsOf(await memory.load(THREAD, { limit: 99, signal }))
  const finished = [0, 0]
  const loads: Load[] = []
  // The call options, which reach the database unchanged.
  const versions = new Map<StoreCallOptions, number>()
  const write = async (options: StoreCallOptions, work: () => Promise<unknown>): Promise<void> => {
    await pause()
    await work()
    versions.set(options, states.push(await load()) - 1)
    await pause()
  }
  const database: HistoryStore = {
    ...memory,
    beginTurn: (turn, options) => write(options, () => memory.beginTurn(turn, options)),
    async load(thread, options) {
      await pause()
      const turns = await memory.load(thread, options)
      await pause()
      return turns
    },
    async delete(thread, options) {
      await write(options, () => memory.delete(thread, options))
      return true
    },
  }
  const prefix = crypto.randomUUID()
  const servers = [0, 1].map(() => cachedHistoryStore(database, { client: gated, prefix, clock: manualClock() }))

  async function operate(op: number, index: number): Promise<void> {
    const server = pick(2)
    const store = servers[server] ?? raise()
    const [after, afterOwn] = [Math.max(...finished), finished[server] ?? 0]
    if (op === 0) {
      const seen = idsOf(await store.load(THREAD, { limit: 99, signal }))
      loads.push({ seen, from: states.slice(after), fromOwn: states.slice(afterOwn) })
      return
    }
    const options = { signal }
    await (op === 1 ? store.delete(THREAD, options) : store.beginTurn(turn(`r${index}`), options))
    finished[server] = Math.max(finished[server] ?? 0, versions.get(options) ?? raise())
  }

  /** Runs the operations, up to four at the same time, and two loads at the end. */
  async function run(ops: readonly number[]): Promise<void> {
    const waiting = [...ops.entries()]
    let running = 0
    const start = (): void => {
      const [index, op] = waiting.shift() ?? raise()
      running += 1
      void operate(op, index).finally(() => (running -= 1))
    }
    const settle = async (): Promise<void> => {
      do await setImmediate()
      while (busy > 0)
      await setImmediate()
    }
    while (waiting.length > 0 || running > 0 || held.length > 0) {
      const canStart = waiting.length > 0 && running < 4
      const choice = pick(held.length + (canStart ? 1 : 0) || 1)
      if (choice < held.length) held.splice(choice, 1)[0]?.()
      else if (canStart) start()
      await settle()
    }
  }

  return { loads, run: async (ops: readonly number[]) => run([...ops, 0, 0]) }
}

function idsOf(turns: readonly { readonly runId: string }[]): string {
  return JSON.stringify(turns.map(({ runId }) => runId))
}

function raise(): never {
  throw new Error('There is none')
}
