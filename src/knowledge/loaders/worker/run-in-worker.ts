import { linkSignal } from '../../../core/async/link-signal.ts'
import { DocumentError } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts'

/** A thread of `node:worker_threads`. */
export interface WorkerThread {
  /** Sends a message. */
  postMessage(message: WorkerRequest, transfer: readonly ArrayBufferLike[]): void
  /** Adds a listener. */
  on(name: 'message' | 'error' | 'exit', listener: (value: unknown) => void): unknown
  /** Removes a listener. */
  off(name: 'message' | 'error' | 'exit', listener: (value: never) => void): unknown
  /** Ends the thread. */
  terminate(): Promise<unknown>
  /** Lets the process end while the thread lives. */
  unref(): void
  /** Keeps the process alive. */
  ref(): void
}

/** The constructor of a thread. */
export type WorkerConstructor = new (url: URL, options: object) => WorkerThread

/** The bounds of a task. */
export interface WorkerBounds {
  /** Maximum time, in milliseconds. */
  readonly timeoutMs: number
  /** Maximum size of the heap, in MiB. */
  readonly maxHeapMiB: number
  /** Ends the task. */
  readonly signal: AbortSignal
}

/** A thread that is not used for so long ends. */
const IDLE_MS = 10_000
const MAX_IDLE = 2
const WORKER_FILE = import.meta.url.endsWith('.ts') ? './document-worker.ts' : './document-worker.js'

interface IdleThread {
  readonly thread: WorkerThread
  readonly maxHeapMiB: number
  /** Stops watching the thread. */
  readonly release: () => void
}

// Starting a thread takes longer than reading a short document in it.
const idle: IdleThread[] = []

/**
 * Loads a document in a thread of its own. The thread ends if the task takes too long, needs too much memory, or is aborted.
 *
 * @throws DocumentError with the reason alone as its message
 */
export function runInWorker(
  Worker: WorkerConstructor,
  request: WorkerRequest,
  bounds: WorkerBounds,
): Promise<LoadedDocument> {
  const { timeoutMs, maxHeapMiB, signal } = bounds
  signal.throwIfAborted()
  const thread = takeIdle(maxHeapMiB) ?? startThread(Worker, maxHeapMiB)
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(timeoutMs) ? setTimeout(() => end(timeoutError(timeoutMs)), timeoutMs) : undefined
    const unlink = linkSignal(signal, end)
    thread.on('message', settle)
    thread.on('error', fail)
    thread.on('exit', failAtExit)
    // A view would be copied with its whole buffer.
    const bytes = Uint8Array.from(request.bytes)
    thread.postMessage({ ...request, bytes }, [bytes.buffer])

    function settle(answer: unknown): void {
      release()
      keepIdle(thread, maxHeapMiB)
      const { document, failure } = answer as WorkerAnswer
      if (document) resolve(document)
      else
        reject(new DocumentError(failure?.message ?? '', { code: failure?.code ?? 'damaged', cause: failure?.cause }))
    }

    function fail(error: unknown): void {
      end(toDocumentError(error, maxHeapMiB))
    }

    function failAtExit(): void {
      fail(undefined)
    }

    function end(reason: unknown): void {
      release()
      void thread.terminate()
      reject(reason)
    }

    function release(): void {
      clearTimeout(timer)
      unlink()
      thread.off('message', settle)
      thread.off('error', fail)
      thread.off('exit', failAtExit)
    }
  })
}

function startThread(Worker: WorkerConstructor, maxHeapMiB: number): WorkerThread {
  const resourceLimits = { maxOldGenerationSizeMb: maxHeapMiB, stackSizeMb: 4 }
  // Without the flags of the process, some of which are not allowed in a thread.
  return new Worker(new URL(WORKER_FILE, import.meta.url), { resourceLimits, execArgv: [], env: {} })
}

function takeIdle(maxHeapMiB: number): WorkerThread | undefined {
  const found = idle.find((candidate) => candidate.maxHeapMiB === maxHeapMiB)
  found?.release()
  found?.thread.ref()
  return found?.thread
}

function keepIdle(thread: WorkerThread, maxHeapMiB: number): void {
  thread.unref()
  if (idle.length >= MAX_IDLE) return void thread.terminate()
  const timer = setTimeout(remove, IDLE_MS)
  // A timer of Node; it must not keep the process alive.
  if (typeof timer === 'object') timer.unref()
  const entry = { thread, maxHeapMiB, release }
  idle.push(entry)
  thread.on('error', remove)
  thread.on('exit', remove)

  function remove(): void {
    release()
    void thread.terminate()
  }

  function release(): void {
    idle.splice(idle.indexOf(entry), 1)
    clearTimeout(timer)
    thread.off('error', remove)
    thread.off('exit', remove)
  }
}

function timeoutError(timeoutMs: number): DocumentError {
  return new DocumentError(`it takes longer than ${timeoutMs} ms (timeoutMs)`, { code: 'too-large' })
}

function toDocumentError(error: unknown, maxHeapMiB: number): DocumentError {
  const isOutOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isOutOfMemory) {
    return new DocumentError(`it needs more than ${maxHeapMiB} MiB of memory`, { code: 'too-large', cause: error })
  }
  const message =
    'the thread that reads it has ended. If the code is bundled, leave ragwire out of the bundle, or pass ' +
    'isolate: false to the loader'
  return new DocumentError(message, { code: 'unreadable', cause: error })
}

/** Returns the class of threads of Node; `undefined` where there is none. */
export function findWorker(): WorkerConstructor | undefined {
  const threads: unknown = globalThis.process?.getBuiltinModule?.('node:worker_threads')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the module of Node has this member
  return (threads as { readonly Worker?: WorkerConstructor } | undefined)?.Worker
}
