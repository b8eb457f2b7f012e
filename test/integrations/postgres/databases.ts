import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import {
  listenWithPg,
  migratePostgres,
  type PostgresClient,
  type PostgresListen,
  type PostgresTableOptions,
} from '../../../src/postgres.ts'
import { hasPostgres, startPostgres, type PostgresServer } from '../../support/postgres-server.ts'

/** A database that only the tests of one driver use. */
export interface Database {
  readonly client: PostgresClient
  readonly listen: PostgresListen
  /**
   * Creates a schema with our tables. Each test has its own, because an aborted statement of another test may still be
   * running.
   */
  createTables(): Promise<PostgresTableOptions>
  close(): Promise<void>
}

/** Declares tests once for each driver. Those that need a server are skipped without one. */
export function describeEachDriver(body: (open: () => Promise<Database>) => void): void {
  describe.skipIf(!hasPostgres)('on a server', () => {
    const server = useServer()
    describe('over pg', () => {
      body(() => openPg(server()))
    })
    describe('over postgres.js', () => {
      body(() => openPostgresJs(server()))
    })
  })
  describe('in PGlite', () => {
    body(openPglite)
  })
}

/** Starts a server for the tests of the surrounding suite, and returns a function that returns it. */
export function useServer(): () => PostgresServer {
  let server: PostgresServer | undefined
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server?.close())
  return () => server ?? expect.fail('The server does not run yet')
}

/** Opens a pool of `pg`. */
export function openPool(connectionString: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 20, ...options })
  // Reports errors of idle connections; a connection in use rejects its query.
  pool.on('error', () => {})
  return pool
}

/** Runs a statement of the test itself. */
export async function query(client: PostgresClient, statement: string): Promise<readonly unknown[]> {
  return 'unsafe' in client ? client.unsafe(statement, []) : (await client.query(statement, [])).rows
}

function createDatabase(client: PostgresClient, rest: Pick<Database, 'listen' | 'close'>): Database {
  let schemas = 0
  return {
    ...rest,
    client,
    async createTables() {
      schemas += 1
      const tables = { schema: `test_${schemas}`, tablePrefix: 'wire_' }
      await query(client, `create schema ${tables.schema}`)
      await migratePostgres(client, tables)
      return tables
    },
  }
}

async function openPg(server: PostgresServer): Promise<Database> {
  await server.createDatabase('pg')
  const connectionString = server.url({ database: 'pg' })
  const client = openPool(connectionString)
  const listener = new pg.Client({ connectionString })
  await listener.connect()
  const close = async (): Promise<void> => {
    await listener.end()
    await client.end()
  }
  return createDatabase(client, { listen: listenWithPg(listener), close })
}

async function openPostgresJs(server: PostgresServer): Promise<Database> {
  await server.createDatabase('postgres_js')
  const client = postgres(server.url({ database: 'postgres_js' }), { max: 20 })
  return createDatabase(client, { listen: client.listen, close: () => client.end() })
}

async function openPglite(): Promise<Database> {
  const client = await PGlite.create()
  const listen: PostgresListen = (channel, onMessage) => client.listen(channel, onMessage)
  return createDatabase(client, { listen, close: () => client.close() })
}
