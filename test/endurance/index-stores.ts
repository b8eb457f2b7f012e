// The durable knowledge stores of `kill-index.ts`, and how a process opens them.
import type { Embedder } from 'ragwire'
import { hashedNgramEmbedder, loadMemoryKnowledgeStore, type KnowledgeStore } from 'ragwire/knowledge'

export const INDEX_STORE_NAMES = ['sqlite', 'postgres', 'file'] as const
export type IndexStoreName = (typeof INDEX_STORE_NAMES)[number]

/** A store that a process has opened. */
export interface OpenedIndex {
  readonly store: KnowledgeStore
  readonly embedder: Embedder | undefined
  /** Makes durable what was committed. Absent if every commit is durable. */
  save?(): Promise<void>
}

/** Opens a store at a URL or in a file. Drivers are loaded only if they are used. */
export function openIndex(name: IndexStoreName, at: string): Promise<OpenedIndex> {
  return OPEN[name](at)
}

const OPEN: Readonly<Record<IndexStoreName, (at: string) => Promise<OpenedIndex>>> = {
  async sqlite(file) {
    const { DatabaseSync } = await import('node:sqlite')
    const { sqliteKnowledgeStore } = await import('ragwire/sqlite')
    return { store: sqliteKnowledgeStore({ database: new DatabaseSync(file) }), embedder: createEmbedder() }
  },
  async postgres(connectionString) {
    const { default: pg } = await import('pg')
    const { migratePostgresKnowledge, postgresKnowledgeStore } = await import('ragwire/postgres')
    const client = new pg.Pool({ connectionString })
    await migratePostgresKnowledge(client)
    // Debian 12 has no package of pgvector, so this index has no vectors.
    return { store: postgresKnowledgeStore({ client }), embedder: undefined }
  },
  async file(path) {
    const store = await loadMemoryKnowledgeStore(path, { create: true })
    return { store, embedder: createEmbedder(), save: () => store.save(path) }
  },
}

function createEmbedder(): Embedder {
  return hashedNgramEmbedder({ dimensions: 64 })
}
