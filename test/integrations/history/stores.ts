import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { toSendCommand } from '../../../src/integrations/redis/connection.ts'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { migratePostgres, postgresHistoryStore, type PostgresClient } from '../../../src/postgres.ts'
import { cachedHistoryStore, redisHistoryStore } from '../../../src/redis.ts'
import { sqliteHistoryStore } from '../../../src/sqlite.ts'
import { hasPostgres, startPostgres, type PostgresServer } from '../../support/postgres-server.ts'
import { hasRedis, startRedisServer, type RedisServer } from '../../support/redis-server.ts'
import { openPool, query } from '../postgres/databases.ts'
import { CLIENTS } from '../redis/clients.ts'

/** An empty store. */
export interface OpenHistory extends AsyncDisposable {
  readonly history: HistoryStore
  /** Another store on the same data, as in another process. */
  reopen(): HistoryStore
  /** Writes a record directly as the result of a run of the scope `ann`; absent for stores in memory. */
  overwrite?(run: { readonly threadId: string; readonly runId: string }, record: string): Promise<void>
}

type Open = () => Promise<OpenHistory>

/** Declares tests once for each store; those without a server are skipped. */
export function describeEachHistory(body: (open: Open) => void): void {
  describe('memoryHistoryStore', () => {
    body(openMemory)
  })
  describe('sqliteHistoryStore', () => {
    body(openSqlite)
  })
  describe('postgresHistoryStore in PGlite', () => {
    let client: PGlite
    beforeAll(async () => void (client = await PGlite.create()))
    afterAll(() => client.close())
    body(() => openTables(client))
  })
  describe.skipIf(!hasPostgres)('postgresHistoryStore', () => {
    let server: PostgresServer
    let pool: Pool
    beforeAll(async () => {
      server = await startPostgres()
      await server.createDatabase('history')
      pool = openPool(server.url({ database: 'history' }))
    }, 60_000)
    afterAll(async () => {
      await pool.end()
      await server.close()
    })
    body(() => openTables(pool))
  })
  describe.skipIf(!hasRedis)('in Redis', () => {
    let server: RedisServer
    beforeAll(async () => void (server = await startRedisServer()))
    afterAll(() => server.close())
    describe('redisHistoryStore', () => {
      body(() => openRedis(server))
    })
    describe('cachedHistoryStore', () => {
      body(() => openCached(server))
    })
  })
}

async function openMemory(): Promise<OpenHistory> {
  const history = memoryHistoryStore()
  return { history, reopen: () => history, [Symbol.asyncDispose]: async () => {} }
}

async function openSqlite(): Promise<OpenHistory> {
  const database = new DatabaseSync(':memory:')
  const open = (): HistoryStore => sqliteHistoryStore({ database })
  return {
    history: open(),
    reopen: open,
    async overwrite({ runId }, record) {
      database.prepare('update ragwire_turns set result = ? where run_id = ?').run(record, runId)
    },
    [Symbol.asyncDispose]: async () => database.close(),
  }
}

let schemas = 0

/** Each test has a schema of its own. */
async function openTables(client: PostgresClient): Promise<OpenHistory> {
  schemas += 1
  const schema = `history_${schemas}`
  await query(client, `create schema ${schema}`)
  await migratePostgres(client, { schema })
  const open = (): HistoryStore => postgresHistoryStore({ client, schema })
  return {
    history: open(),
    reopen: open,
    async overwrite({ runId }, record) {
      const quoted = `'${record.replaceAll("'", "''")}'`
      await query(client, `update ${schema}.ragwire_turns set result = ${quoted} where run_id = '${runId}'`)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

async function openRedis(server: RedisServer): Promise<OpenHistory> {
  const { client, close } = await CLIENTS.redis(server.url)
  const prefix = crypto.randomUUID()
  const open = (): HistoryStore => redisHistoryStore({ client, prefix })
  return {
    history: open(),
    reopen: open,
    async overwrite({ threadId, runId }, record) {
      const key = `${prefix}:{ann}:history-turns:${threadId}`
      await toSendCommand(client)('HSET', [key, `result:${runId}`, record])
    },
    [Symbol.asyncDispose]: close,
  }
}

async function openCached(server: RedisServer): Promise<OpenHistory> {
  const { client, close } = await CLIENTS.redis(server.url)
  const database = await openSqlite()
  const prefix = crypto.randomUUID()
  const open = (): HistoryStore => cachedHistoryStore(database.history, { client, prefix, cacheMs: 2_000 })
  return {
    history: open(),
    reopen: open,
    async overwrite(run, record) {
      await (database.overwrite ?? expect.fail('There is no database'))(run, record)
      await toSendCommand(client)('DEL', [`${prefix}:{ann}:cache-entry:${run.threadId}`])
    },
    async [Symbol.asyncDispose]() {
      await close()
      await database[Symbol.asyncDispose]()
    },
  }
}
