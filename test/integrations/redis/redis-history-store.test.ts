import { afterAll, beforeAll, describe, it } from 'vitest'
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
})
