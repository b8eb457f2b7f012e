import { DatabaseSync } from 'node:sqlite'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryHistoryStore, type HistoryStore, type Message } from '../../src/index.ts'
import { openaiChatModel } from '../../src/openai.ts'
import { postgresHistoryStore } from '../../src/postgres.ts'
import { redisHistoryStore } from '../../src/redis.ts'
import { sqliteHistoryStore } from '../../src/sqlite.ts'
import { createFaultServer, faults } from '../../src/testing.ts'
import { ask, doneOf } from '../core/ask.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { describeEachDriver, type Database } from './postgres/databases.ts'
import { CLIENTS } from './redis/clients.ts'

/** Declares the tests of earlier turns for a store, with a model server on a real socket. */
function describeEarlierTurns(openStore: () => Promise<HistoryStore>): void {
  /** Returns the messages of a follow-up to this answer. */
  async function messagesAfter(answer: string, markers: 'keep' | 'strip' = 'keep'): Promise<readonly Message[]> {
    await using server = await createFaultServer()
    const client = new OpenAI({ apiKey: 'key', baseURL: server.baseURL })
    const model = openaiChatModel({ client, model: 'any' })
    const thread = {
      history: await openStore(),
      scope: 'ann',
      threadId: crypto.randomUUID(),
      condenser: false,
    } as const
    server.use(faults.answer([answer]))
    for (const question of ['How?', 'And then?']) {
      expect(doneOf(await ask({ ...thread, model, markers, question })).saved).toBe(true)
    }
    const { body } = await server.hit(1)
    return (body as { readonly messages: readonly Message[] }).messages
  }

  it('B1: removes only the citations of an earlier answer', async () => {
    const answer = 'Run process.argv[2] [1]; 猫睡[2]。 See pair = [1, 2] and [7].'
    const kept = 'Run process.argv[2]; 猫睡。 See pair = [1, 2] and [7].'
    expect((await messagesAfter(answer))[2]).toEqual({ role: 'assistant', content: kept })
    const stripped = 'Run process.argv[2]; 猫睡。 See pair = [1, 2] and.'
    expect((await messagesAfter(answer, 'strip'))[2]).toEqual({ role: 'assistant', content: stripped })
  })

  it('B9: keeps the question and the beginning of a long answer', async () => {
    const answer = 'Cats sleep 16 hours a day. '.repeat(304)
    const messages = await messagesAfter(answer)
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
    expect(messages[1]?.content).toBe('How?')
    expect(answer.startsWith(messages[2]?.content ?? '?')).toBe(true)
    expect(messages[2]?.content.length).toBeGreaterThan(7_000)
  })
}

describe('earlier turns of memoryHistoryStore', () => {
  describeEarlierTurns(async () => memoryHistoryStore())
})

describe('earlier turns of sqliteHistoryStore', () => {
  const database = new DatabaseSync(':memory:')
  afterAll(() => database.close())
  describeEarlierTurns(async () => sqliteHistoryStore({ database }))
})

describe.skipIf(!hasRedis)('earlier turns of redisHistoryStore', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedisServer()))
  afterAll(() => server.close())

  describe.each(Object.entries(CLIENTS))('over %s', (_name, openClient) => {
    let opened: Awaited<ReturnType<typeof openClient>>
    beforeAll(async () => void (opened = await openClient(server.url)))
    afterAll(() => opened.close())
    describeEarlierTurns(async () => redisHistoryStore({ client: opened.client, prefix: crypto.randomUUID() }))
  })
})

describe('earlier turns of postgresHistoryStore', () => {
  describeEachDriver((open) => {
    let database: Database
    beforeAll(async () => {
      database = await open()
    }, 60_000)
    afterAll(() => database.close())
    describeEarlierTurns(async () => {
      return postgresHistoryStore({ client: database.client, ...(await database.createTables()) })
    })
  })
})
