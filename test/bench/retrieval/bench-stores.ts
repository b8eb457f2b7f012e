import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import pg from 'pg'
import type { KnowledgeStore } from '../../../src/knowledge/store/knowledge-store.ts'
import { loadMemoryKnowledgeStore, memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'
import { migratePostgresKnowledge, postgresKnowledgeStore } from '../../../src/postgres.ts'
import { sqliteKnowledgeStore } from '../../../src/sqlite.ts'
import { hasPostgres, startPostgres } from '../../support/postgres-server.ts'

/** A store that the benchmark measures. */
export interface OpenStore {
  /** An empty store. */
  readonly store: KnowledgeStore
  /** Saves what must be saved, and returns the function that opens the index once more, as after a restart. */
  prepareReopen?(): Promise<() => Promise<KnowledgeStore>>
  /** Closes it and removes what it has written. */
  close(): Promise<void> | void
}

/** A store, and what of it is measured. */
export interface BenchStore {
  /** Opens it. */
  readonly open: () => OpenStore | Promise<OpenStore>
  /** Largest size that takes a reasonable time. */
  readonly maxSize: number
  /** True if it can hold vectors. */
  readonly vectors: boolean
  /** True if its work is done by another process, so that wall time stands for CPU time. */
  readonly isServer: boolean
}

/** All stores by name. */
export const benchStores: Readonly<Record<string, BenchStore>> = {
  memory: { open: openMemory, maxSize: Infinity, vectors: true, isServer: false },
  SQLite: { open: openSqlite, maxSize: Infinity, vectors: true, isServer: false },
  'pgvector in PGlite': { open: openPglite, maxSize: 1_000, vectors: true, isServer: false },
  // The packages of Debian 12 have no pgvector.
  ...(hasPostgres && { PostgreSQL: { open: openServer, maxSize: 10_000, vectors: false, isServer: true } }),
}

function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-bench-'))
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

function openMemory(): OpenStore {
  const { folder, remove } = temporaryFolder()
  const store = memoryKnowledgeStore()
  const path = join(folder, 'index')
  return {
    store,
    async prepareReopen() {
      await store.save(path)
      return () => loadMemoryKnowledgeStore(path)
    },
    close: remove,
  }
}

function openSqlite(): OpenStore {
  const { folder, remove } = temporaryFolder()
  const connections: DatabaseSync[] = []
  const connect = (): KnowledgeStore => {
    const database = new DatabaseSync(join(folder, 'index.db'))
    connections.push(database)
    return sqliteKnowledgeStore({ database })
  }
  return {
    store: connect(),
    prepareReopen: async () => async () => connect(),
    close() {
      for (const database of connections) database.close()
      remove()
    },
  }
}

async function openPglite(): Promise<OpenStore> {
  const client = await PGlite.create({ extensions: { vector } })
  await client.exec('create extension vector')
  await migratePostgresKnowledge(client, { vectors: true })
  return { store: postgresKnowledgeStore({ client }), close: () => client.close() }
}

async function openServer(): Promise<OpenStore> {
  const server = await startPostgres()
  const pools: pg.Pool[] = []
  const connect = (): pg.Pool => {
    const pool = new pg.Pool({ connectionString: server.url() })
    pools.push(pool)
    return pool
  }
  const client = connect()
  await migratePostgresKnowledge(client)
  return {
    store: postgresKnowledgeStore({ client }),
    prepareReopen: async () => async () => postgresKnowledgeStore({ client: connect() }),
    async close() {
      await Promise.all(pools.map((pool) => pool.end()))
      await server.close()
    },
  }
}
