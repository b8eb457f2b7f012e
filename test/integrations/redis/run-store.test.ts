import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import { redisHistoryStore, redisRunStore } from '../../../src/redis.ts'
import { runStoreContract } from '../../../src/testing/contracts/run-store-contract.ts'
import { done, START } from '../../support/chat-events.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../../support/redis-server.ts'
import { CLIENTS } from './clients.ts'

describe.skipIf(!hasRedis)('redisRunStore', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedisServer()))
  afterAll(() => server.close())

  for (const [name, openClient] of Object.entries(CLIENTS)) {
    const createWith = (limits: { readonly maxEvents?: number; readonly retainMs?: number }) => async () => {
      const [{ client, close }, listening] = await Promise.all([openClient(server.url), openClient(server.url)])
      const prefix = crypto.randomUUID()
      return {
        store: redisRunStore({ client, subscriber: listening.client, prefix, ...limits }),
        close: async () => void (await Promise.all([close(), listening.close()])),
      }
    }
    runStoreContract({
      describe,
      it,
      name: `redisRunStore over ${name}`,
      create: createWith({}),
      createSmall: createWith({ maxEvents: 100, retainMs: 100 }),
    })
  }

  it('does not watch without a connection for subscriptions', async () => {
    await using test = await CLIENTS.redis(server.url)
    const store = redisRunStore({ client: test.client })
    let heard = 0
    const unwatch = store.watch(KEY, () => (heard += 1))
    await store.begin({ ...KEY, leaseMs: 60_000, maxActive: 1 }, { signal })
    unwatch()
    expect(heard).toBe(0)
  })

  it.each(Object.entries(CLIENTS))(
    'shares a subscription, and leaves none open, over %s',
    async (_name, openClient) => {
      await using test = await openClient(server.url)
      await using listening = await openClient(server.url)
      const send = toSendCommand(test.client)
      const subscriptions = async (): Promise<unknown> => send('PUBSUB', ['CHANNELS', 'shared:*'])
      const store = redisRunStore({ client: test.client, subscriber: listening.client, prefix: 'shared' })
      const heard: string[] = []
      const unwatch = ['a', 'b'].map((name) => store.watch(KEY, () => heard.push(name)))
      await vi.waitFor(async () => expect(await subscriptions()).toEqual(['shared:{ann}:changes:r1']))
      unwatch[0]?.()
      await store.begin({ ...KEY, leaseMs: 60_000, maxActive: 1 }, { signal })
      await vi.waitFor(() => expect(heard).toContain('b'))
      expect(heard.slice(heard.indexOf('b') + 1)).not.toContain('a')
      unwatch[1]?.()
      await vi.waitFor(async () => expect(await subscriptions()).toEqual([]))
    },
  )

  it.each(Object.entries(CLIENTS))('sets an expiry on every key, over %s', async (name, openClient) => {
    await using test = await openClient(server.url)
    const store = redisRunStore({ client: test.client, prefix: `expiring-${name}`, retainMs: 5_000 })
    const begun = await store.begin({ ...KEY, threadId: 't', leaseMs: 1_000, maxActive: 1 }, { signal })
    if (begun.outcome !== 'begun') throw new Error(`The run did not begin: ${begun.outcome}`)
    await store.append(begun.lease, [START], { signal })
    await store.requestStop({ ...KEY, runId: 'r2' }, { signal })
    const send = toSendCommand(test.client)
    const keys = await send('KEYS', [`expiring-${name}:*`])
    if (!Array.isArray(keys)) throw new TypeError('KEYS gave no list')
    const ttls = await Promise.all(keys.map(async (key) => Number(await send('PTTL', [String(key)]))))
    expect(ttls.length).toBe(6)
    expect(Math.min(...ttls)).toBeGreaterThan(0)
    expect(Math.max(...ttls)).toBeLessThanOrEqual(60_000)
  })

  it('keeps all keys of a scope in one slot of a cluster, for any name of the scope', async () => {
    await using cluster = await startRedisServer({ settings: { 'cluster-enabled': 'yes' } })
    await using test = await CLIENTS.redis(cluster.url)
    // A node that has just started needs a while before it serves its slots.
    await toSendCommand(test.client)('CLUSTER', ['ADDSLOTSRANGE', '0', '16383'])
    const isReady = async (): Promise<void> =>
      expect(String(await toSendCommand(test.client)('CLUSTER', ['INFO']))).toContain('cluster_state:ok')
    await vi.waitFor(isReady, 10_000)
    const { client } = test
    const [runs, history] = [redisRunStore({ client }), redisHistoryStore({ client })]
    for (const scope of ['ann', '}{', '{a}b', '猫']) {
      const key = { scope, runId: 'r}1', threadId: '{t' }
      const begun = await runs.begin({ ...key, leaseMs: 60_000, maxActive: 1 }, { signal })
      if (begun.outcome !== 'begun') throw new Error(`The run did not begin: ${begun.outcome}`)
      await runs.end(begun.lease, [START, done('x', { seq: 1 })], { signal })
      await history.beginTurn({ ...key, messageId: 'm', question: 'Why?' }, { signal })
      expect((await runs.status(key, { signal }))?.state).toBe('ended')
      expect((await history.load(key, { limit: 1, signal })).length).toBe(1)
    }
  })

  it('respects the key prefix of the client too', async () => {
    const client = new Redis(server.url, { keyPrefix: 'theirs:' })
    const store = redisRunStore({ client, prefix: 'ours' })
    await store.begin({ ...KEY, leaseMs: 60_000, maxActive: 1 }, { signal })
    expect((await store.status(KEY, { signal }))?.state).toBe('running')
    expect(await client.call('KEYS', ['ours:*'])).toEqual([])
    client.disconnect()
  })
})

describe('redisRunStore', () => {
  it('rejects an object that is not a client, and invalid options', () => {
    const client = { sendCommand: async () => [] }
    expect(() => redisRunStore({ client: {} as typeof client })).toThrow('neither sendCommand() (redis) nor call()')
    expect(() => redisRunStore({ client, prefix: 'a{b}' })).toThrow('without braces')
    expect(() => redisRunStore({ client, retainMs: 0 })).toThrow('retainMs')
    expect(() => redisRunStore({ client, maxEvents: 1.5 })).toThrow('maxEvents')
  })
})

const KEY = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()
