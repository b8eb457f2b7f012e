import { createHash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { memoryHistoryStore, type HistoryStore } from '../../index.ts'
import { memoryKnowledgeStore, type KnowledgeStore } from '../../knowledge.ts'
import { sqliteHistoryStore, sqliteKnowledgeStore } from '../../sqlite.ts'
import { CliError, usageError } from '../command-line/cli-error.ts'
import { makeFolder } from '../command-line/make-folder.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'
import { createIndexLock, noIndexLock, type IndexLock } from './index-lock.ts'
import { SQLITE, sqliteCodeOf } from './sqlite-code.ts'

/** The stores of a workspace. */
export interface Stores {
  /** Holds the conversations. */
  readonly history: HistoryStore
  /** Holds the index of the documents. */
  readonly index: KnowledgeStore
  /** Keeps other processes from indexing the same documents at the same time. */
  readonly lock: IndexLock
  /** The kind of the index, for the terminal. */
  readonly kind: string
  /** True if there is another index of the same documents, made with another embedder or other chunks. */
  readonly hasOther: boolean
  /** Closes the files. */
  close(): void
}

/** The choice of an index: documents and settings, each of which has an index of its own. */
export interface StoresOptions {
  /** The folder; undefined for memory. */
  readonly data: string | undefined
  /** The folder of the documents. */
  readonly documents: string
  /** The part of the folder that is indexed; undefined for all. Two parts use two indexes. */
  readonly selection: string | undefined
  /** The settings that the chunks and the vectors depend on. Two processes with other settings use two indexes. */
  readonly settings: readonly unknown[]
}

/**
 * Opens the stores: SQLite files in the folder, one for the conversations and one for the index of these documents, or
 * else in memory. Without `node:sqlite`, both are in memory.
 *
 * @throws CliError that names the folder or the file that cannot be used, and the fix
 */
export async function openStores({ data, documents, selection = '', settings }: StoresOptions): Promise<Stores> {
  const sqlite = await importSqlite()
  if (!sqlite) return inMemory('Index in memory, because this Node has no node:sqlite (22.13 or newer has it)')
  if (data === undefined) {
    const database = new sqlite.DatabaseSync(':memory:')
    const index = sqliteKnowledgeStore({ database })
    return { ...inMemory('Index in SQLite, in memory'), index, close: () => database.close() }
  }
  const name = `${nameOf(documents)}-${hashOf(documents + selection)}`
  const file = `${name}-${hashOf(JSON.stringify(settings)).slice(0, 4)}.db`
  const folder = join(data, 'index')
  const opened: DatabaseSync[] = []
  const open = (path: string): DatabaseSync => {
    const database = openDatabase(sqlite, path)
    opened.push(database)
    return database
  }
  try {
    await prepareFolder(data)
    const others = (await readdir(folder)).filter((other) => other.startsWith(`${name}-`) && other.endsWith('.db'))
    return {
      history: sqliteHistoryStore({ database: open(join(data, 'conversations.db')) }),
      index: sqliteKnowledgeStore({ database: open(join(folder, file)) }),
      lock: createIndexLock(open(join(folder, `${file}.lock`))),
      kind: `Index in ${join(folder, file)}`,
      hasOther: others.length > 0 && !others.includes(file),
      close: () => opened.forEach((database) => database.close()),
    }
  } catch (thrown) {
    for (const database of opened) database.close()
    if (thrown instanceof CliError) throw thrown
    throw usageError(
      `Cannot write to ${data}: ${reasonOf(thrown)}. Name another folder with --data, or use --memory`,
      thrown,
    )
  }
}

function inMemory(kind: string): Stores {
  const stores = { history: memoryHistoryStore(), index: memoryKnowledgeStore(), lock: noIndexLock }
  return { ...stores, kind, hasOther: false, close: () => {} }
}

/** Opens a file, and reads its first page. A damaged one would otherwise fail in the middle of an answer. */
function openDatabase({ DatabaseSync: Database }: Sqlite, path: string): DatabaseSync {
  const database = new Database(path)
  try {
    database.prepare('pragma schema_version').get()
  } catch (cause) {
    const code = sqliteCodeOf(cause)
    // The lock of a process that is indexing makes its file busy.
    if (code === SQLITE.busy) return database
    database.close()
    throw code === SQLITE.corrupt || code === SQLITE.notADatabase ? damaged(path, cause) : cause
  }
  return database
}

function damaged(path: string, cause: unknown): CliError {
  const isIndex = basename(path) !== 'conversations.db'
  const loss = isIndex ? 'the index is then made again' : 'its conversations are lost'
  return usageError(`Cannot use ${path}: it is damaged (${reasonOf(cause)}). Delete it; ${loss}`, cause)
}

async function prepareFolder(data: string): Promise<void> {
  await makeFolder(join(data, 'index'))
  // Nothing in it belongs to a repository.
  await writeFile(join(data, '.gitignore'), '*\n', { flag: 'wx' }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown
  })
}

/** Names an index after its folder, so that two folders do not replace each other's documents. */
function nameOf(documents: string): string {
  return basename(documents).replaceAll(/[^\w.-]/gu, '_') || 'root'
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

type Sqlite = typeof import('node:sqlite')

// Imported only here, so that a Node without SQLite can run in memory.
async function importSqlite(): Promise<Sqlite | undefined> {
  try {
    return await import('node:sqlite')
  } catch (thrown) {
    if (codeOf(thrown) === 'ERR_UNKNOWN_BUILTIN_MODULE') return undefined
    throw thrown
  }
}
