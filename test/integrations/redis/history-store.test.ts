import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import type { ChatError } from '../../../src/index.ts'
import { redisHistoryStore } from '../../../src/redis.ts'
import { historyStoreContract } from '../../../src/testing.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../../support/redis-server.ts'
import { CLIENTS } from './clients.ts'

describe.skipIf(!hasRedis)('redisHistoryStore', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedisServer()))
  afterAll(() => server.close())

  for (const [name, openClient] of Object.entries(CLIENTS)) {
    historyStoreContract({
      describe,
      it,
      name: `redisHistoryStore over ${name}`,
      async create() {
        const { client, close } = await openClient(server.url)
        return { store: redisHistoryStore({ client, prefix: crypto.randomUUID() }), close }
      },
    })
  }

  const TURNS = 'p:{ann}:history-turns:t'
  it.each([
    ['a question', ['HDEL', TURNS, 'question:r2'], ['r1', 'r3']],
    ['the question of the first turn', ['HDEL', TURNS, 'question:r1'], ['r2', 'r3']],
    ['an id of a message', ['HDEL', TURNS, 'message:r2'], ['r1', 'r3']],
    ['a time', ['HSET', TURNS, 'created:r2', 'yesterday'], ['r1', 'r3']],
    ['a turn that is only named', ['ZADD', 'p:{ann}:history-order:t', '1', 'ghost'], ['r1', 'r2', 'r3']],
    ['everything of the turns', ['DEL', TURNS], []],
  ] as const)('C3: reads and continues a thread that has lost %s', async (_what, [name, ...args], left) => {
    const { client, close } = await CLIENTS.redis(server.url)
    const send = toSendCommand(client)
    await send('FLUSHALL', [])
    const store = redisHistoryStore({ client, prefix: 'p' })
    const { signal } = new AbortController()
    const begin = (runId: string) =>
      store.beginTurn({ scope: 'ann', threadId: 't', runId, messageId: 'm', question: 'Why?' }, { signal })
    for (const runId of ['r1', 'r2', 'r3']) await begin(runId)
    await send(name, [...args])
    const errors: ChatError[] = []
    const onError = (error: ChatError) => void errors.push(error)
    const load = async () => {
      const turns = await store.load({ scope: 'ann', threadId: 't' }, { signal, limit: 10, onError })
      return turns.map(({ runId }) => runId)
    }
    expect(await load()).toEqual(left)
    expect(errors[0]).toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('a turn') })
    await begin('r4')
    expect(await load()).toEqual([...left, 'r4'])
    const { threads } = await store.list('ann', { signal, limit: 10 })
    expect(threads.map(({ title }) => title)).toEqual([expect.stringMatching(/^(?:Why\?)?$/u)])
    await close()
  })
})
