import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { memoryHistoryStore, type HistoryStore } from '../../index.ts'
import { memoryKnowledgeStore, type KnowledgeStore } from '../../knowledge.ts'
import { sqliteHistoryStore, sqliteKnowledgeStore } from '../../sqlite.ts'
import { usageError } from '../command-line/cli-error.ts'

/** The stores of a workspace. */
export interface Stores {
  /** Holds the conversations. */
  readonly history: HistoryStore
  /** Holds the index of the documents. */
  readonly index: KnowledgeStore
  /** The kind of the index, for the terminal. */
  readonly kind: string
  /** Closes the files. */
  close(): void
}

/**
 * Opens the stores: SQLite files in the folder, one for the conversations and one for the index of these documents, or
 * else in memory. Without `node:sqlite`, both are in memory.
 *
 * @throws CliError that names the folder when a file cannot be opened
 */
export async function openStores(given: {
  /** The folder; undefined for memory. */
  readonly data: string | undefined
  /** The folder of the documents, which names their index. */
  readonly documents: string
}): Promise<Stores> {
  const { data, documents } = given
  const sqlite = await importSqlite()
  if (!sqlite) return inMemory('Index in memory, because this Node has no node:sqlite (22.13 or newer has it)')
  if (data === undefined) {
    const database = new sqlite.DatabaseSync(':memory:')
    const { history } = inMemory('')
    const close = () => database.close()
    return { history, index: sqliteKnowledgeStore({ database }), kind: 'Index in SQLite, in memory', close }
  }
  try {
    await prepareFolder(data)
    const conversations = new sqlite.DatabaseSync(join(data, 'conversations.db'))
    const file = join(data, 'index', `${nameOf(documents)}.db`)
    const index = new sqlite.DatabaseSync(file)
    return {
      history: sqliteHistoryStore({ database: conversations }),
      index: sqliteKnowledgeStore({ database: index }),
      kind: `Index in ${file}`,
      close: () => [conversations, index].forEach((database: DatabaseSync) => database.close()),
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw usageError(`Cannot write to ${data}: ${reason}. Name another folder with --data, or use --memory`, cause)
  }
}

function inMemory(kind: string): Stores {
  return { history: memoryHistoryStore(), index: memoryKnowledgeStore(), kind, close: () => {} }
}

async function prepareFolder(data: string): Promise<void> {
  await mkdir(join(data, 'index'), { recursive: true })
  // Nothing in it belongs to a repository.
  await writeFile(join(data, '.gitignore'), '*\n', { flag: 'wx' }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown
  })
}

/** Names an index after its folder, so that two folders do not replace each other's documents. */
function nameOf(documents: string): string {
  const name = basename(documents).replaceAll(/[^\w.-]/gu, '_') || 'root'
  return `${name}-${createHash('sha256').update(documents).digest('hex').slice(0, 8)}`
}

type Sqlite = typeof import('node:sqlite')

// Imported only here, so that a Node without SQLite can run in memory.
async function importSqlite(): Promise<Sqlite | undefined> {
  try {
    return await import('node:sqlite')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_UNKNOWN_BUILTIN_MODULE') return undefined
    throw thrown
  }
}
