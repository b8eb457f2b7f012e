import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import type { ChatError } from '../../../src/index.ts'
import { redisHistoryStore } from '../../../src/redis.ts'
import { encodeFeedback } from '../../../src/records/stored-feedback.ts'
import { historyStoreContract } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'
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
  it('reads what a server of an earlier release writes, and restores a title after it', async () => {
    const { client, close } = await CLIENTS.redis(server.url)
    const send = toSendCommand(client)
    await send('FLUSHALL', [])
    const store = redisHistoryStore({ client, prefix: 'p' })
    const { signal } = new AbortController()
    const thread = { scope: 'ann', threadId: 't' }
    const begin = (runId: string) => store.beginTurn({ ...thread, runId, messageId: 'm', question: 'Why?' }, { signal })
    const titles = async () => (await store.list('ann', { signal, limit: 10 })).threads.map(({ title }) => title)
    await begin('r1')
    await store.rename?.(thread, { title: 'New', signal })
    // Such a server writes the first question as the title, and does not remove feedback with its turn.
    await send('HSET', ['p:{ann}:history-titles', 't', 'Why?'])
    await send('HSET', [TURNS, 'feedback:r2', encodeFeedback({ rating: 'up' })])
    expect(await titles()).toEqual(['Why?'])
    await begin('r2')
    expect(await titles()).toEqual(['New'])
    const turns = await store.load(thread, { signal, limit: 10 })
    expect(turns.map(({ runId, feedback }) => [runId, feedback])).toEqual([
      ['r1', undefined],
      ['r2', undefined],
    ])
    await close()
  })

  it('C3: shows a turn without its feedback if that cannot be read', async () => {
    const { client, close } = await CLIENTS.redis(server.url)
    const send = toSendCommand(client)
    await send('FLUSHALL', [])
    const store = redisHistoryStore({ client, prefix: 'p' })
    const { signal } = new AbortController()
    const thread = { scope: 'ann', threadId: 't' }
    await store.beginTurn({ ...thread, runId: 'r1', messageId: 'm', question: 'Why?' }, { signal })
    await store.finishTurn({ ...thread, runId: 'r1', result: resultOf('x') }, { signal })
    for (const record of [
      '',
      '{',
      '{"v":1,"value":{"rating":"good"}}',
      '{"v":1,"value":{"rating":"up","comment":7}}',
    ]) {
      await send('HSET', [TURNS, 'feedback:r1', record])
      const errors: ChatError[] = []
      const onError = (error: ChatError) => void errors.push(error)
      const [turn] = await store.load(thread, { signal, limit: 10, onError })
      expect([turn?.result?.answer, turn?.feedback]).toEqual(['x', undefined])
      expect(errors).toMatchObject([{ code: 'store-unavailable', message: expect.stringContaining('feedback') }])
    }
    const feedback = { rating: 'up' } as const
    const outcome = await store.setFeedback?.({ scope: 'ann', runId: 'r1' }, { feedback, signal })
    expect(outcome).toMatchObject({ turn: { feedback } })
    expect(outcome).not.toHaveProperty('earlier')
    await send('HSET', [TURNS, 'feedback:r1', '{"v":2,"value":{}}'])
    const refusal = { code: 'store-unavailable', retryable: false }
    await expect(store.load(thread, { signal, limit: 10 })).rejects.toMatchObject(refusal)
    await close()
  })
})
