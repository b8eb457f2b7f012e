import { untilAborted } from '../core/async/abortable.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** Lets in one at a time under each key, in the order in which they came. */
export interface ThreadQueue {
  /**
   * Waits for its turn, does the work, and lets the next one in.
   *
   * @throws ChatError `too-many-runs` when the queue is full; the reason of `signal` when it fires before the turn has come
   */
  enter<T>(key: string, work: () => Promise<T>, options: { readonly signal: AbortSignal }): Promise<T>
}

interface Queue {
  /** Resolves when everybody who is in it has been let in and is through. */
  end: Promise<void>
  length: number
}

/** Opens the queues, each for `maxLength` at a time. One that is empty takes no memory. */
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
      // Whoever gives up its place may stand behind one that works on.
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
