import {
  createKnowledge,
  type IndexReport,
  type Knowledge,
  type KnowledgeDocument,
  type KnowledgeOptions,
} from '../../knowledge.ts'
import { ChatError, type HistoryStore } from '../../index.ts'
import { CliError, EXIT, usageError } from '../command-line/cli-error.ts'
import type { Settings } from '../settings/settings.ts'
import { expectFiles, findRoot, listDocuments, type DocumentRoot } from './documents.ts'
import { indexDocuments, updateDocuments, type IndexRun } from './index-documents.ts'
import type { IndexLog } from './index-log.ts'
import { openStores, type Stores } from './stores.ts'

/** The documents, their index and the conversations. */
export interface Workspace {
  /** The folder of the documents. */
  readonly root: DocumentRoot
  /** The index. */
  readonly knowledge: Knowledge
  /** The conversations. */
  readonly history: HistoryStore
  /**
   * Lists the documents of now.
   *
   * @throws CliError when there is none
   */
  list(signal: AbortSignal): Promise<readonly KnowledgeDocument[]>
  /**
   * Makes the index hold exactly these documents, and shows the progress. It waits while another process does so.
   *
   * @throws CliError that names the fix when the embedder or the file of the index fails, or no document has text
   */
  index(documents: readonly KnowledgeDocument[], log: IndexLog, signal: AbortSignal): Promise<IndexReport>
  /** Like `index`, but shows only changes: a reason for which a file is skipped is shown once. */
  update(documents: readonly KnowledgeDocument[], log: IndexLog, signal: AbortSignal): Promise<IndexReport>
  /** Closes the files of the stores. */
  close(): void
}

/**
 * Opens the documents and the stores. Nothing is indexed yet.
 *
 * @throws CliError that names the path that cannot be read or written
 */
export async function openWorkspace(settings: Settings): Promise<Workspace> {
  const root = await findRoot(settings)
  // Nothing is written for a folder without documents.
  await expectFiles(root)
  const { chunkChars, data, embedder } = settings
  const stores = await openStores({
    data,
    documents: root.folder,
    selection: selectionOf(settings, root.folder),
    settings: [embedder && (embedder.embedder.id ?? embedder.name), chunkChars],
  })
  const options: KnowledgeOptions = { store: stores.index, chunkChars, embedder: embedder?.embedder }
  const knowledge = createKnowledge(options)
  const { kind } = stores
  const shown = new Map<string, string>()
  return {
    root,
    knowledge,
    history: stores.history,
    list: (signal) => listDocuments(root, signal),
    async index(documents, log, signal) {
      if (stores.hasOther) log.note(`Making a new index, because the embedder or chunkChars has changed`)
      const run = { knowledge, documents, kind, log, signal }
      const report = await whileLocked({ ...run, stores, settings }, () => indexDocuments(run))
      for (const { documentId, message } of report.skipped) shown.set(documentId, message)
      await expectText({ ...run, report, root })
      return report
    },
    update(documents, log, signal) {
      const run = { knowledge, documents, kind, log, signal }
      return whileLocked({ ...run, stores, settings }, () => updateDocuments({ ...run, shown }))
    },
    close: stores.close,
  }
}

/** Two calls that leave out other files of a folder must not remove each other's documents. Absent for all of its files. */
function selectionOf({ docs, exclude }: Settings, folder: string): string | undefined {
  const isWhole = docs.includes(folder) && exclude.length === 0
  return isWhole ? undefined : JSON.stringify([docs.toSorted(), exclude])
}

interface LockedRun extends IndexRun {
  readonly stores: Stores
  readonly settings: Settings
}

async function whileLocked<T>({ log, signal, stores, settings }: LockedRun, work: () => Promise<T>): Promise<T> {
  const onWait = (): void => log.note('Waiting for another ragwire that indexes the same documents')
  try {
    return await stores.lock(work, { signal, onWait })
  } catch (thrown) {
    signal.throwIfAborted()
    throw explain(thrown, { stores, settings })
  }
}

function explain(thrown: unknown, { stores, settings }: Pick<LockedRun, 'stores' | 'settings'>): unknown {
  if (!(thrown instanceof ChatError)) return thrown
  const exitCode = EXIT.failed
  if (thrown.code === 'store-unavailable') {
    return new CliError(`${thrown.message} (${stores.kind})`, { exitCode, cause: thrown })
  }
  if (!thrown.code.startsWith('upstream-')) return thrown
  const advice = settings.embedder?.advise(thrown) ?? thrown.message
  return new CliError(`Cannot embed the documents: ${advice}`, { exitCode, cause: thrown })
}

interface Indexed extends IndexRun {
  readonly report: IndexReport
  readonly root: DocumentRoot
}

async function expectText({ knowledge, documents, report, root, signal }: Indexed): Promise<void> {
  const { documents: count } = await knowledge.state({ signal })
  if (count > 0) return
  const [first] = report.skipped
  if (first?.code === 'embedding-failed') {
    throw new CliError(`Cannot embed the documents: ${first.message}`, { exitCode: EXIT.failed })
  }
  const reason = first ? `, such as ${first.documentId}: ${first.message}` : ''
  const files = documents.length === 1 ? 'its only file has no' : `none of its ${documents.length} files has`
  throw usageError(`Cannot use ${root.folder}: ${files} text that can be read${reason}`)
}
