import { createKnowledge, type IndexReport, type Knowledge, type KnowledgeDocument } from '../../knowledge.ts'
import type { HistoryStore } from '../../index.ts'
import type { Settings } from '../settings/settings.ts'
import { findRoot, listDocuments, type DocumentRoot } from './documents.ts'
import { indexDocuments, type IndexLog } from './index-documents.ts'
import { openStores } from './stores.ts'

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
  /** Makes the index hold exactly these documents, and shows the progress. */
  index(documents: readonly KnowledgeDocument[], log: IndexLog, signal: AbortSignal): Promise<IndexReport>
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
  const stores = await openStores({ data: settings.data, documents: root.folder })
  const knowledge = createKnowledge({
    store: stores.index,
    chunkChars: settings.chunkChars,
    embedder: settings.embedder?.embedder,
  })
  return {
    root,
    knowledge,
    history: stores.history,
    list: (signal) => listDocuments(root, signal),
    index: (documents, log, signal) => indexDocuments({ knowledge, documents, kind: stores.kind, log, signal }),
    close: stores.close,
  }
}
