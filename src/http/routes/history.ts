import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { HistoryStore, StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { callStore } from '../../runs/call-store.ts'
import type { Call } from '../call.ts'
import { HttpError } from '../http-error.ts'

/**
 * Returns the history of the chat.
 *
 * @throws ChatError `not-found` without a history, because then there are no threads
 */
export function historyOf({ options }: Call): HistoryStore {
  if (options.history) return options.history
  throw notFound()
}

/** Calls the history, with the time limit of the stores. */
export function askHistory<T>(
  call: Call,
  work: (history: HistoryStore, options: StoreCallOptions) => Promise<T>,
): Promise<T> {
  const { storeMs, clock, onError } = call.options
  const history = historyOf(call)
  // Called for a turn whose record cannot be read. The thread is shown without its answer.
  const hook = onError && { onError }
  return callStore((signal) => work(history, { signal, ...hook }), { storeMs, clock }, call.signal)
}

/** Returns the error for a thread or turn that does not exist. */
export function notFound(): ChatError {
  return new ChatError('There is no such thread or turn', { code: 'not-found' })
}

/** Returns the 405 for a method that the history of this server cannot serve. `allow` lists the others of the path. */
export function unsupported(method: keyof HistoryStore, allow: string): HttpError {
  const message = `Cannot use this method here: the history of this server does not have ${method}`
  return new HttpError(405, 'method', message, { allow })
}
