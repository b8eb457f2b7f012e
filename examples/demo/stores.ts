import type { DatabaseSync } from 'node:sqlite'
import { memoryHistoryStore, type HistoryStore } from 'ragwire'
import { memoryKnowledgeStore, type KnowledgeStore } from 'ragwire/knowledge'
import { sqliteHistoryStore, sqliteKnowledgeStore } from 'ragwire/sqlite'

/** The stores of the demo. */
export interface DemoStores {
  /** Holds the conversations. */
  readonly history: HistoryStore
  /** Holds the index of the documents. */
  readonly index: KnowledgeStore
  /** The kind of the index, for the terminal. */
  readonly kind: string
}

/** Opens the stores: in the SQLite file `DEMO_DATABASE`, or else in memory. The index is in SQLite also there, unless
 * this Node has no `node:sqlite`.
 *
 * @throws Error that says what to do when the file cannot be opened
 */
export async function openStores(env: NodeJS.ProcessEnv): Promise<DemoStores> {
  const file = env['DEMO_DATABASE']
  const sqlite = await importSqlite()
  if (file) {
    if (!sqlite) throw new Error(`DEMO_DATABASE needs node:sqlite: use Node 22.13 or newer, or leave it out`)
    // One connection: two would wait for each other's locks.
    const database = openDatabase(sqlite, file)
    const history = sqliteHistoryStore({ database })
    return { history, index: sqliteKnowledgeStore({ database }), kind: `Index in ${file}` }
  }
  const history = memoryHistoryStore()
  if (!sqlite) {
    const kind = 'Index in memory, because this Node has no node:sqlite (22.13 or newer has it)'
    return { history, index: memoryKnowledgeStore(), kind }
  }
  const index = sqliteKnowledgeStore({ database: openDatabase(sqlite, ':memory:') })
  return { history, index, kind: 'Index in SQLite, in memory' }
}

type Sqlite = typeof import('node:sqlite')

// Imported only here, so that a Node without SQLite can run the demo in memory.
async function importSqlite(): Promise<Sqlite | undefined> {
  try {
    return await import('node:sqlite')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_UNKNOWN_BUILTIN_MODULE') return undefined
    throw thrown
  }
}

function openDatabase({ DatabaseSync }: Sqlite, file: string): DatabaseSync {
  try {
    return new DatabaseSync(file)
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`DEMO_DATABASE is "${file}": set it to a file that can be written (${reason})`, { cause: thrown })
  }
}
