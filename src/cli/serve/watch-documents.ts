import { stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { watch, type FSWatcher } from 'chokidar'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'
import type { DocumentRoot } from '../workspace/documents.ts'

/** The options of {@link watchDocuments}. */
export interface WatchOptions {
  /** The files and folders that were given. */
  readonly docs: readonly string[]
  /** The folder of the documents, and which of its files are left out. */
  readonly root: DocumentRoot
  /** Called after changes: once for all that happen within a short time. */
  onChange(): void
  /** Called with a line for the terminal when changes cannot be noticed. */
  onProblem(line: string): void
}

/** The watching of documents. */
export interface Watching {
  /** Ends it. */
  close(): Promise<void>
}

// An editor writes a file in several steps, and a checkout changes thousands of files.
const QUIET_MS = 150
const LONGEST_MS = 1_000
const RETURN_MS = 500

/**
 * Watches the documents. An event only says that something has changed: the files are then listed again, so that no event
 * has to be exact.
 */
export function watchDocuments({ docs, root, onChange, onProblem }: WatchOptions): Watching {
  const closing = new AbortController()
  const changed = debounce(onChange)
  let watcher = open()
  let isReported = false

  function open(): FSWatcher {
    return (
      watch([...docs], { ignoreInitial: true, followSymlinks: false, ignored: (path) => isLeftOut(root, path) })
        .on('all', (event, path) => {
          changed()
          if (event === 'unlinkDir' && docs.includes(resolve(path))) void reopen(resolve(path))
        })
        // Changes between the listing and this moment have had no event.
        .on('ready', changed)
        .on('error', report)
    )
  }

  /** Waits for a folder that was removed or unmounted, because the watcher does not notice its return. */
  async function reopen(folder: string): Promise<void> {
    try {
      while (!(await exists(folder))) await wait(RETURN_MS, undefined, { signal: closing.signal, ref: false })
      await watcher.close()
      if (!closing.signal.aborted) watcher = open()
    } catch {
      // The watching has ended.
    }
  }

  function report(thrown: unknown): void {
    if (isReported) return
    isReported = true
    onProblem(explain(thrown, root.folder))
  }

  return {
    async close() {
      closing.abort()
      changed.cancel()
      await watcher.close()
    },
  }
}

function isLeftOut({ folder, exclude }: DocumentRoot, path: string): boolean {
  const id = relative(folder, path).split(sep).join('/')
  if (id === '' || id.startsWith('..') || isAbsolute(id)) return false
  return id.split('/').some((name) => name.startsWith('.') || name === 'node_modules') || exclude(id)
}

function explain(thrown: unknown, folder: string): string {
  const code = codeOf(thrown)
  if (code === 'ENOSPC' || code === 'EMFILE') {
    return `Cannot watch all of ${folder}: the system allows no more watches (${code}), so raise fs.inotify.max_user_watches or use --no-watch`
  }
  return `Cannot watch all of ${folder} (${reasonOf(thrown)}): restart after changes`
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

interface Debounced {
  (): void
  cancel(): void
}

/** Calls `work` once it is quiet for a moment, and at the latest after a second of changes. */
function debounce(work: () => void): Debounced {
  let timer: NodeJS.Timeout | undefined
  let begun = 0
  const call = (): void => {
    const now = Date.now()
    if (timer === undefined) begun = now
    clearTimeout(timer)
    const delay = Math.max(0, Math.min(QUIET_MS, begun + LONGEST_MS - now))
    timer = setTimeout(() => {
      timer = undefined
      work()
    }, delay)
  }
  const cancel = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  return Object.assign(call, { cancel })
}
