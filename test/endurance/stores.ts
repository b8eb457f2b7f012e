// The stores of the endurance commands: their servers, and how the application opens them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HistoryStore } from 'ragwire'
import type { RunStore } from 'ragwire/server'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedisServer } from '../support/redis-server.ts'

export const STORE_NAMES = ['none', 'sqlite', 'postgres', 'redis'] as const
export type StoreName = (typeof STORE_NAMES)[number]

/** The location of a store. */
export interface StoreAddress {
  readonly name: StoreName
  /** A URL, or a file. */
  readonly at: string
}

/** A store that runs until it is closed. */
export interface StoreServer {
  readonly address: StoreAddress
  close(): Promise<void>
}

/** Starts an empty server of a store. */
export async function startStore(name: StoreName): Promise<StoreServer> {
  switch (name) {
    case 'none':
      return { address: { name, at: '' }, close: async () => {} }
    case 'sqlite': {
      const folder = mkdtempSync(join(tmpdir(), 'ragwire-sqlite-'))
      const close = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
      return { address: { name, at: join(folder, 'history.db') }, close }
    }
    case 'postgres': {
      const server = await startPostgres()
      return { address: { name, at: server.url() }, close: server.close }
    }
    case 'redis': {
      const server = await startRedisServer({ appendOnly: true })
      return { address: { name, at: server.url }, close: server.close }
    }
    default:
      return name satisfies never
  }
}

/** The stores that an application gives to its handler. */
export interface Stores {
  readonly history?: HistoryStore
  readonly runs?: RunStore
}

/** Opens a store. Drivers are loaded only if they are used, because each start of the application is waited for. */
export function openStores(address: StoreAddress): Promise<Stores> {
  return OPEN[address.name](address.at)
}

const OPEN: Readonly<Record<StoreName, (at: string) => Promise<Stores>>> = {
  none: async () => ({}),
  async sqlite(file) {
    const { DatabaseSync } = await import('node:sqlite')
    const { sqliteHistoryStore } = await import('ragwire/sqlite')
    return { history: sqliteHistoryStore({ database: new DatabaseSync(file) }) }
  },
  async postgres(connectionString) {
    const { default: pg } = await import('pg')
    const { listenWithPg, migratePostgres, postgresHistoryStore, postgresRunStore } = await import('ragwire/postgres')
    const client = new pg.Pool({ connectionString })
    await migratePostgres(client)
    const listener = new pg.Client({ connectionString })
    await listener.connect()
    return {
      history: postgresHistoryStore({ client }),
      runs: postgresRunStore({ client, listen: listenWithPg(listener) }),
    }
  },
  async redis(url) {
    const { createClient } = await import('redis')
    const { redisHistoryStore, redisRunStore } = await import('ragwire/redis')
    const client = await createClient({ url }).connect()
    const subscriber = await client.duplicate().connect()
    return { history: redisHistoryStore({ client }), runs: redisRunStore({ client, subscriber }) }
  },
}
