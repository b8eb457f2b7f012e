import type { KnowledgeDocument } from '../../knowledge.ts'
import type { Retriever } from '../../index.ts'
import { reasonOf } from '../command-line/reason-of.ts'
import type { IndexLog } from '../workspace/index-log.ts'
import type { Workspace } from '../workspace/open-workspace.ts'
import { toDocumentFiles, type DocumentFile } from './document-files.ts'

/** The state of the index, for the page. */
export interface LibraryStatus {
  /** Number of documents in the index. */
  readonly documents: number
  /** The progress of the indexing that runs, if one does. */
  readonly indexing?: { readonly done: number; readonly total: number } | undefined
}

/** The documents of a server while it runs: their index is made, and follows the files. */
export interface Library {
  /** Returns the document at a path; undefined if there is none now. */
  find(path: string): DocumentFile | undefined
  /** Returns the state of the index. */
  status(): Promise<LibraryStatus>
  /** Makes a retriever wait for the first index. It waits at most 10 s, and then finds what is indexed so far. */
  whenIndexed(retriever: Retriever): Retriever
  /**
   * Makes the index, or brings it up to date after a restart.
   *
   * @throws CliError when that is not possible, or the reason of the signal
   */
  index(): Promise<void>
  /** Brings the index up to date. Only one such run is active, and all calls during it cause one more. A failure is shown. */
  update(): Promise<void>
}

/** The options of {@link createLibrary}. */
export interface LibraryOptions {
  /** The documents and their index. */
  readonly workspace: Workspace
  /** Shows the progress and the changes. */
  readonly log: IndexLog
  /** Ends the indexing. */
  readonly signal: AbortSignal
}

// Below the time that a retriever has, which is 15 s.
const MOST_WAIT_MS = 10_000

/** Creates the library of a server. Nothing is indexed yet. */
export async function createLibrary({ workspace, log, signal }: LibraryOptions): Promise<Library> {
  const { knowledge } = workspace
  let files: ReadonlyMap<string, DocumentFile> = new Map()
  let indexing: LibraryStatus['indexing']
  const first = Promise.withResolvers<void>()
  // Answers of an earlier index are better than none.
  if ((await knowledge.state({ signal })).documents > 0) first.resolve()

  const observed: IndexLog = {
    ...log,
    showProgress(done, total) {
      indexing = { done, total }
      log.showProgress?.(done, total)
    },
  }

  async function run(work: Workspace['index']): Promise<void> {
    const documents: readonly KnowledgeDocument[] = await workspace.list(signal)
    files = toDocumentFiles(documents)
    try {
      await work(documents, observed, signal)
    } finally {
      indexing = undefined
    }
  }

  return {
    find: (path) => files.get(path),
    status: async () => ({ documents: (await knowledge.state()).documents, indexing }),
    whenIndexed: (retriever) => afterFirst(retriever, first.promise),
    async index() {
      indexing = { done: 0, total: 0 }
      await run(workspace.index)
      first.resolve()
    },
    update: createQueue(async () => {
      try {
        await run(workspace.update)
      } catch (thrown) {
        if (signal.aborted) return
        log.note(`${reasonOf(thrown)}. The index stays as it was`)
      }
    }),
  }
}

/** Returns a function that runs `work` once at a time. Calls during a run cause exactly one more. */
function createQueue(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return start()
    next ??= running.then(() => {
      next = undefined
      return start()
    })
    return next
  }
}

function afterFirst(retriever: Retriever, first: Promise<void>): Retriever {
  return {
    ...retriever,
    async retrieve(query, options) {
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, MOST_WAIT_MS)
      const stop = (): void => resolve()
      options.signal.addEventListener('abort', stop, { once: true })
      try {
        await Promise.race([first, over])
      } finally {
        clearTimeout(timer)
        options.signal.removeEventListener('abort', stop)
      }
      return retriever.retrieve(query, options)
    },
  }
}
