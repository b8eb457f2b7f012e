import { untilAborted } from '../core/async/abortable.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** Runs work one at a time per key, in the order of the calls. */
export interface ThreadQueue {
  /**
   * Waits for the earlier work of the key, then calls `work`.
   *
   * @throws ChatError `too-many-runs` when the queue is full; the reason of `signal` when it fires before `work` starts
   */
  enter<T>(key: string, work: () => Promise<T>, options: { readonly signal: AbortSignal }): Promise<T>
}

interface Queue {
  /** Resolves when all work in the queue is finished. */
  end: Promise<void>
  length: number
}

/** Creates the queues, each with at most `maxLength` entries. An empty queue takes no memory. */
export function createThreadQueue({ maxLength }: { readonly maxLength: number }): ThreadQueue {
  const queues = new Map<string, Queue>()
  return {
    async enter(key, work, { signal }) {
      const queue = queues.get(key) ?? { end: Promise.resolve(), length: 0 }
      if (queue.length >= maxLength) {
        throw new ChatError(`${maxLength} questions wait for the thread (maxRunsPerScope)`, { code: 'too-many-runs' })
      }
      queues.set(key, queue)
      const { end: turn } = queue
      const through = Promise.withResolvers<void>()
      // A caller that gives up may be behind work in progress, so its successor waits for both.
      queue.end = turn.then(() => through.promise)
      queue.length += 1
      try {
        await untilAborted(turn, signal)
        return await work()
      } finally {
        through.resolve()
        queue.length -= 1
        if (queue.length === 0) queues.delete(key)
      }
    },
  }
}
