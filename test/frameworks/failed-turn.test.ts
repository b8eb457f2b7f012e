import { DatabaseSync } from 'node:sqlite'
import OpenAI from 'openai'
import pg from 'pg'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, publicMessage, type ChatEvent, type HistoryStore } from '../../src/index.ts'
import { openaiChatModel } from '../../src/openai.ts'
import { migratePostgres, postgresHistoryStore, postgresRunStore } from '../../src/postgres.ts'
import { cachedHistoryStore, redisHistoryStore, redisRunStore } from '../../src/redis.ts'
import { memoryRunStore, type RunStore } from '../../src/server.ts'
import { sqliteHistoryStore } from '../../src/sqlite.ts'
import { createFaultServer, faults } from '../../src/testing.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import { hasRedis, startRedisServer } from '../support/redis-server.ts'
import { MOUNTS, type Mount } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

interface Stores extends AsyncDisposable {
  readonly history: HistoryStore
  readonly runs: RunStore
}

const STORES: readonly { readonly name: string; readonly runs: boolean; readonly open: () => Promise<Stores> }[] = [
  {
    name: 'memory',
    runs: true,
    open: async () => ({
      history: memoryHistoryStore(),
      runs: memoryRunStore(),
      [Symbol.asyncDispose]: async () => {},
    }),
  },
  { name: 'SQLite', runs: true, open: openSqlite },
  { name: 'PostgreSQL', runs: hasPostgres, open: openPostgres },
  { name: 'Redis', runs: hasRedis, open: () => openRedis((client) => redisHistoryStore({ client })) },
  {
    name: 'Redis as a cache',
    runs: hasRedis,
    open: () => openRedis((client) => cachedHistoryStore(memoryHistoryStore(), { client })),
  },
]

async function openSqlite(): Promise<Stores> {
  const database = new DatabaseSync(':memory:')
  const history = sqliteHistoryStore({ database })
  return { history, runs: memoryRunStore(), [Symbol.asyncDispose]: async () => database.close() }
}

async function openPostgres(): Promise<Stores> {
  const server = await startPostgres()
  const client = new pg.Pool({ connectionString: server.url() })
  await migratePostgres(client)
  return {
    history: postgresHistoryStore({ client }),
    runs: postgresRunStore({ client }),
    async [Symbol.asyncDispose]() {
      await client.end()
      await server.close()
    },
  }
}

async function openRedis(
  historyOf: (client: { sendCommand(args: string[]): Promise<unknown> }) => HistoryStore,
): Promise<Stores> {
  const server = await startRedisServer()
  const client = await createClient({ url: server.url }).connect()
  return {
    history: historyOf(client),
    runs: redisRunStore({ client }),
    async [Symbol.asyncDispose]() {
      client.destroy()
      await server.close()
    },
  }
}

/** Asks a question whose answer fails, and checks that all later reads report the reason. */
async function expectReasonKept(mount: Mount, stores: Stores): Promise<void> {
  await using upstream = await createFaultServer()
  upstream.use(faults.incomplete({ deltas: ['Hello', ' world'] }))
  const model = openaiChatModel({ client: new OpenAI({ apiKey: 'k', baseURL: upstream.baseURL }), model: 'm' })
  await using app = await openApp(mount, { handler: { model, history: stores.history }, runs: { store: stores.runs } })
  const body = JSON.stringify({ question: 'Why?', threadId: 'thread-1', runId: crypto.randomUUID() })
  const error = { code: 'upstream-incomplete', message: publicMessage('upstream-incomplete') }

  const last = await lastEvent(app.send({ body, headers: { accept: 'application/x-ndjson' } }))
  expect(last).toMatchObject({
    type: 'error',
    ...error,
    partial: { finishReason: 'error', answer: 'Hello world', error, saved: true },
  })
  const partial = last?.type === 'error' && last.partial

  expect(await app.sendJson({ method: 'GET', path: '/threads/thread-1' })).toMatchObject({
    turns: [{ result: partial }],
  })
  // The same request, repeated after the end of the run.
  const again = await lastEvent(app.send({ body, headers: { accept: 'application/x-ndjson' } }))
  expect(again).toMatchObject({ type: 'error', ...error, partial })
  const other = JSON.stringify({ question: 'Why?', runId: crypto.randomUUID() })
  expect(await app.sendJson({ body: other })).toMatchObject({ ...error, partial: { error } })
}

async function lastEvent(sent: Promise<{ readonly text: string }>): Promise<ChatEvent | undefined> {
  const lines = (await sent).text.split('\n').filter((line) => line !== '')
  return lines.map((line): ChatEvent => JSON.parse(line)).at(-1)
}

describe('a turn that failed', () => {
  it.each(MOUNTS)('D2: keeps its code and its sentence for a reload, with $name', async (mount) => {
    await using stores = await openSqlite()
    await expectReasonKept(mount, stores)
  })

  for (const { name, runs, open } of STORES) {
    it.skipIf(!runs)(
      `D2: keeps its code and its sentence for a reload, in ${name}`,
      async () => {
        await using stores = await open()
        await expectReasonKept(MOUNTS[0] ?? expect.fail('There is no server'), stores)
      },
      60_000,
    )
  }
})
