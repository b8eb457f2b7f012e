import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import {
  migratePostgresKnowledge,
  type PostgresClient,
  type PostgresKnowledgeTableOptions,
  type PostgresTableOptions,
} from '../../../src/postgres.ts'
import { hasPostgres, postgresBin } from '../../support/postgres-server.ts'
import { openPool, query, useServer } from './databases.ts'

/** A database whose tests have each a schema of their own. */
export interface KnowledgeDatabase {
  readonly client: PostgresClient
  /** Creates a schema with the tables of an index. */
  createTables(options?: PostgresKnowledgeTableOptions): Promise<PostgresTableOptions>
  /** Creates an empty schema. */
  createSchema(): Promise<{ readonly schema: string }>
}

/** True if the installed server has pgvector. Debian 12 has no package of it; PGlite always has it. */
const serverHasVectors = existsSync(join(postgresBin, '../../../../share/postgresql/15/extension/vector.control'))

/** Declares tests once for each driver. */
export function describeEachKnowledgeDatabase(body: (database: () => KnowledgeDatabase) => void): void {
  declareOnServer(body)
  describe('in PGlite', () => {
    body(usePglite())
  })
}

/** Declares tests once for each database with pgvector. */
export function describeEachVectorDatabase(body: (database: () => KnowledgeDatabase) => void): void {
  // Not declared instead of skipped: a skipped test fails the complete run.
  const declare = serverHasVectors ? declareOnServer : () => {}
  declare(body)
  describe('in PGlite', () => {
    body(usePglite())
  })
}

function declareOnServer(body: (database: () => KnowledgeDatabase) => void): void {
  describe.skipIf(!hasPostgres)('on a server', () => {
    const server = useServer()
    describe('over pg', () => {
      body(
        useDatabase(async () => {
          await server().createDatabase('pg')
          const client = openPool(server().url({ database: 'pg' }))
          return { client, close: () => client.end() }
        }),
      )
    })
    describe('over postgres.js', () => {
      body(
        useDatabase(async () => {
          await server().createDatabase('postgres_js')
          const client = postgres(server().url({ database: 'postgres_js' }), { max: 20 })
          return { client, close: () => client.end() }
        }),
      )
    })
  })
}

/** Opens a database in this process, with pgvector. */
export function usePglite(): () => KnowledgeDatabase {
  return useDatabase(async () => {
    const client = await PGlite.create({ extensions: { vector } })
    return { client, close: () => client.close() }
  })
}

interface Opened {
  readonly client: PostgresClient
  close(): Promise<void>
}

/** Opens a database for the tests of the surrounding suite. */
export function useDatabase(open: () => Promise<Opened>): () => KnowledgeDatabase {
  let opened: Opened | undefined
  let schemas = 0
  beforeAll(async () => {
    opened = await open()
  }, 60_000)
  afterAll(() => opened?.close())
  return () => {
    const { client } = opened ?? expect.fail('The database is not open yet')
    const createSchema = async () => {
      schemas += 1
      const schema = `test_${schemas}`
      await query(client, `create schema ${schema}`)
      return { schema }
    }
    return {
      client,
      createSchema,
      async createTables(options = {}) {
        const { schema } = await createSchema()
        const tables = { schema, tablePrefix: 'wire_' }
        await migratePostgresKnowledge(client, { ...options, ...tables })
        return tables
      },
    }
  }
}
