import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from 'redis'
import { memoryHistoryStore, toChatError, type ChatEvent } from '../../../src/index.ts'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import type { RedisClient } from '../../../src/integrations/redis/client.ts'
import { cachedHistoryStore, redisHistoryStore, redisRunStore } from '../../../src/redis.ts'
import type { RunChange, RunLease, RunStore } from '../../../src/runs/run-store.ts'
import { createFaultProxy, type FaultProxy } from '../../../src/testing.ts'
import { done, resultOf, token } from '../../support/chat-events.ts'
import { eventually } from '../../support/eventually.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../../support/redis-server.ts'
import { CLIENTS, type TestClient } from './clients.ts'

const KEY = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()

describe.skipIf(!hasRedis).each(Object.entries(CLIENTS))('faults of Redis, over %s', (name, openClient) => {
  let server: RedisServer
  let proxy: FaultProxy
  let opened: TestClient[]

  beforeAll(async () => void (server = await startRedisServer({ appendOnly: true })))
  afterAll(() => server.close())

  beforeEach(async () => {
    opened = []
    proxy = await createFaultProxy({ upstreamPort: server.port })
    await toSendCommand(await open(server.port))('FLUSHALL', [])
  })
  afterEach(async () => {
    await Promise.all(opened.map((client) => client.close()))
    await proxy.close()
  })

  async function open(port: number): Promise<RedisClient & TestClient['client']> {
    const client = await openClient(`redis://127.0.0.1:${port}`)
    opened.push(client)
    return client.client
  }

  /** Drops the replies through the proxy from now on, until `isDone` is true on the server. */
  async function loseRepliesUntil(isDone: () => Promise<unknown>): Promise<void> {
    proxy.cutAfter(0)
    await eventuallySo(isDone)
    proxy.cutAfter(Infinity)
  }

  it('F32: ends a call by its signal while Redis is down, and serves the next one after its recovery', async () => {
    await server.kill()
    const client = await open(server.port)
    for (const call of callsTo(client)) {
      const controller = new AbortController()
      const reason = new Error('waited long enough')
      const pending = call(controller.signal)
      controller.abort(reason)
      await expect(pending).rejects.toBe(reason)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    }
    await server.start()
    expect((await begin(redisRunStore({ client }), 'later')).runId).toBe('later')
  })

  it('F33: gives each call its own reply, however late, and does not delay other calls', async () => {
    const store = redisRunStore({ client: await open(proxy.port) })
    const leases = await Promise.all(['a', 'b', 'c'].map((runId) => begin(store, runId)))
    await Promise.all(leases.map((lease, index) => store.append(lease, tokens(0, index), { signal })))
    proxy.delay(50)
    const pages = await Promise.all(leases.map((lease) => store.read(lease, { afterSeq: -1, limit: 9, signal })))
    expect(pages.map((page) => page?.lastSeq)).toEqual([0, 1, 2])
  })

  it('F34: continues a run after a crash of Redis that kept the log', async () => {
    const store = redisRunStore({ client: await open(server.port) })
    const lease = await begin(store)
    await store.append(lease, tokens(0, 3), { signal })
    await server.kill()
    const late = store.append(lease, tokens(2, 5), { signal }).catch(() => undefined)
    await server.start()
    await late
    await store.append(lease, tokens(2, 6), { signal })
    const page = await store.read(KEY, { afterSeq: -1, limit: 99, signal })
    expect(page).toEqual({ state: 'running', events: tokens(0, 6), firstSeq: 0, lastSeq: 6 })
  })

  it('F35: writes once when a call is repeated because its reply was lost', async () => {
    const store = redisRunStore({ client: await open(proxy.port) })
    const direct = redisRunStore({ client: await open(server.port) })
    const lease = await begin(store)
    // Makes the server know the script: otherwise the lost reply would only be "no such script".
    await store.append(lease, [], { signal })
    const lose = async (call: () => Promise<unknown>, lastSeq: number): Promise<void> => {
      const lost = call().catch(() => undefined)
      await loseRepliesUntil(async () => (await direct.status(KEY, { signal }))?.lastSeq === lastSeq)
      await lost
      await call()
    }
    await lose(() => store.append(lease, tokens(0, 4), { signal }), 4)
    await lose(() => store.end(lease, [...tokens(5, 6), done('x', { seq: 7 })], { signal }), 7)
    const page = await direct.read(KEY, { afterSeq: -1, limit: 99, signal })
    expect(page).toEqual({ state: 'ended', events: [...tokens(0, 6), done('x', { seq: 7 })], firstSeq: 0, lastSeq: 7 })
  })

  it('F35: saves a turn once when the replies were lost', async () => {
    const store = redisHistoryStore({ client: await open(proxy.port) })
    const direct = redisHistoryStore({ client: await open(server.port) })
    const turn = { scope: 'ann', threadId: 't', runId: 'r1', messageId: 'm', question: 'Why?' }
    const result = resultOf('x')
    const other = { ...turn, scope: 'bob' }
    await store.beginTurn(other, { signal })
    await store.finishTurn({ ...other, result }, { signal })
    const load = () => direct.load(turn, { limit: 9, signal })
    for (const [call, isDone] of [
      [() => store.beginTurn(turn, { signal }), async () => (await load()).length === 1],
      [() => store.finishTurn({ ...turn, result }, { signal }), async () => (await load())[0]?.result],
    ] as const) {
      const lost = call().catch(() => undefined)
      await loseRepliesUntil(isDone)
      await lost
      await call()
    }
    expect(await load()).toMatchObject([{ runId: 'r1', result }])
  })

  it('F36: finds missed changes by polling, and receives notifications again after the connection broke', async () => {
    const store = redisRunStore({ client: await open(server.port), subscriber: await open(proxy.port) })
    const heard: RunChange[] = []
    const unwatch = store.watch(KEY, (change) => heard.push(change))
    await eventually(() => expect(heard).toEqual(['events']))
    const lease = await begin(store)
    await eventually(() => expect(heard.length).toBeGreaterThan(1))
    heard.length = 0
    proxy.blackhole()
    await store.append(lease, tokens(0, 0), { signal })
    await store.requestStop(KEY, { signal })
    expect((await store.read(KEY, { afterSeq: -1, limit: 9, signal }))?.lastSeq).toBe(0)
    expect(await store.append(lease, [], { signal })).toEqual({ stopRequested: true })
    expect(heard).toEqual([])
    proxy.reset()
    proxy.restore()
    let seq = 0
    await eventuallySo(async () => {
      await store.append(lease, tokens((seq += 1), seq), { signal })
      return heard.length > 0
    })
    unwatch()
  })

  it('F37: rejects writes to a run that a restart has lost, and begins the next one', async () => {
    await using forgetful = await startRedisServer()
    const store = redisRunStore({ client: await open(forgetful.port) })
    const lease = await begin(store)
    await store.append(lease, tokens(0, 3), { signal })
    await forgetful.kill()
    await forgetful.start()
    const conflict = expect.objectContaining({ code: 'store-conflict' })
    await eventuallySo(() => store.status(KEY, { signal }).then(() => true))
    await expect(store.append(lease, tokens(4, 4), { signal })).rejects.toEqual(conflict)
    await expect(store.end(lease, [done('x', { seq: 4 })], { signal })).rejects.toEqual(conflict)
    expect(await store.read(KEY, { afterSeq: -1, limit: 9, signal })).toBeUndefined()
    expect(await store.list(KEY.scope, { signal })).toEqual([])
    await begin(store)
  })

  it('F39: gives a call after an aborted one its own reply', async () => {
    const store = redisRunStore({ client: await open(proxy.port) })
    for (const [index, runId] of ['mine', 'theirs'].entries()) {
      await store.append(await begin(store, runId), tokens(0, index), { signal })
    }
    proxy.blackhole()
    const controller = new AbortController()
    const read = (runId: string, signal: AbortSignal) =>
      store.read({ ...KEY, runId }, { afterSeq: -1, limit: 9, signal })
    const givenUp = read('theirs', controller.signal)
    const next = read('mine', signal)
    controller.abort(new Error('left'))
    await expect(givenUp).rejects.toThrow('left')
    proxy.restore()
    expect((await next)?.lastSeq).toBe(0)
    expect((await read('theirs', signal))?.lastSeq).toBe(1)
  })

  it('F39: never uses the reply of another call', async () => {
    const send = toSendCommand(await open(server.port))
    const replies: unknown[] = []
    // A connection that loses count gives every call the previous reply.
    const client: RedisClient = {
      async sendCommand([command = '', ...args]) {
        replies.push(await send(command, args))
        return replies.at(command === 'EVALSHA' && replies.length > 1 ? -2 : -1)
      },
    }
    const store = redisRunStore({ client })
    await begin(redisRunStore({ client: await open(server.port) }))
    await store.status(KEY, { signal }).catch(() => undefined)
    await expect(store.status(KEY, { signal })).rejects.toThrow('belongs to another call')
  })

  it('F42: transmits a stop that was requested on another server to the producer', async () => {
    const store = redisRunStore({ client: await open(server.port), subscriber: await open(server.port) })
    await using foreign = await CLIENTS[name === 'redis' ? 'ioredis' : 'redis'](server.url)
    const heard: RunChange[] = []
    const unwatch = store.watch(KEY, (change) => heard.push(change))
    const lease = await begin(store)
    await eventually(() => expect(heard.length).toBeGreaterThan(0))
    expect(await redisRunStore({ client: foreign.client }).requestStop(KEY, { signal })).toBe('stopping')
    await eventually(() => expect(heard).toContain('stop'))
    expect(await store.append(lease, tokens(0, 0), { signal })).toEqual({ stopRequested: true })
    unwatch()
  })

  it('F43: rejects runs and threads that a newer version has written, and does not change them', async () => {
    const client = await open(server.port)
    const send = toSendCommand(client)
    const store = redisRunStore({ client, prefix: 'p' })
    const lease = await begin(store)
    const history = redisHistoryStore({ client, prefix: 'p' })
    const turn = { scope: 'ann', threadId: 't', runId: 'r1', messageId: 'm', question: 'Why?' }
    await history.beginTurn(turn, { signal })
    for (const key of ['p:{ann}:run:r1', 'p:{ann}:history-turns:t']) await send('HSET', [key, 'v', '2'])
    const before = await snapshot(send)
    for (const call of [
      () => store.append(lease, tokens(0, 0), { signal }),
      () => store.end(lease, [done('x', { seq: 0 })], { signal }),
      () => store.read(KEY, { afterSeq: -1, limit: 9, signal }),
      () => store.status(KEY, { signal }),
      () => store.requestStop(KEY, { signal }),
      () => history.beginTurn({ ...turn, runId: 'r2' }, { signal }),
      () => history.finishTurn({ ...turn, result: resultOf('x') }, { signal }),
      () => history.load(turn, { limit: 9, signal }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'store-unavailable', retryable: false })
    }
    expect(await store.begin({ ...KEY, leaseMs: 60_000, maxActive: 9 }, { signal })).toEqual({ outcome: 'exists' })
    expect(await snapshot(send)).toEqual(before)
  })

  it('removes the password of the connection from every error', async () => {
    const canary = 'canary-4f1d'
    await using guarded = await startRedisServer({ password: canary })
    const errors: unknown[] = []
    const note = (thrown: unknown): void => void errors.push(thrown, toChatError(thrown, 'store-unavailable'))
    const onError = (error: unknown): void => void errors.push(error)
    const fail = async ({ client }: TestClient): Promise<void> => {
      for (const call of callsTo(client)) await call(AbortSignal.timeout(50)).catch(note)
      const cached = cachedHistoryStore(memoryHistoryStore(), { client, cacheMs: 50, onError })
      await cached.load({ scope: 'ann', threadId: 't' }, { limit: 9, signal })
    }
    await using refused = await openClient(`redis://:${canary}-wrong@127.0.0.1:${guarded.port}`)
    await fail(refused)
    await using accepted = await openClient(guarded.url)
    await guarded.kill()
    await fail(accepted)
    await accepted.close()
    await fail(accepted)
    expect(errors.length).toBeGreaterThan(20)
    for (const error of errors) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary)
  })
})

describe('a client that was never connected', () => {
  it('F32: fails every call at once', async () => {
    const client = createClient()
    for (const call of callsTo(client)) await expect(call(signal)).rejects.toThrow('The client is closed')
  })
})

/** A call to each store that a client is used for. */
function callsTo(client: RedisClient): readonly ((signal: AbortSignal) => Promise<unknown>)[] {
  const runs = redisRunStore({ client })
  const history = redisHistoryStore({ client })
  return [
    (signal) => runs.begin({ ...KEY, leaseMs: 60_000, maxActive: 9 }, { signal }),
    (signal) => runs.append({ ...KEY, token: 'x', leaseMs: 60_000 }, tokens(0, 1), { signal }),
    (signal) => runs.read(KEY, { afterSeq: -1, limit: 9, signal }),
    (signal) => runs.list('ann', { signal }),
    (signal) => history.load({ scope: 'ann', threadId: 't' }, { limit: 9, signal }),
    (signal) => history.list('ann', { limit: 9, signal }),
  ]
}

async function begin(store: RunStore, runId = KEY.runId): Promise<RunLease> {
  const begun = await store.begin({ ...KEY, runId, leaseMs: 60_000, maxActive: 9 }, { signal })
  if (begun.outcome !== 'begun') throw new Error(`The run did not begin: ${begun.outcome}`)
  return begun.lease
}

function tokens(first: number, last: number): readonly ChatEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return token('x', { seq: first + index, at: first + index })
  })
}

async function eventuallySo(isSo: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('It did not come to be so within 5 s')
    await setImmediate()
  }
}

/** The whole data, in the form in which Redis would copy it. */
async function snapshot(send: ReturnType<typeof toSendCommand>): Promise<unknown> {
  const keys = await send('KEYS', ['*'])
  if (!Array.isArray(keys)) throw new TypeError('KEYS gave no list')
  const digests = keys
    .map(String)
    .toSorted()
    .map(async (key) => [key, await send('DUMP', [key])])
  return Promise.all(digests)
}
