import type { Feedback } from '../core/vocabulary/feedback.ts'
import type { ChatClient } from './chat-client.ts'
import type { ChatSnapshot, ThreadListSnapshot } from './chat-snapshot.ts'

/** A value that changes, in the form that React's `useSyncExternalStore` takes. */
export interface Readable<Snapshot> {
  /** Returns the current snapshot: the same object until it changes. */
  getSnapshot(): Snapshot
  /** Calls `listener` after each change. Returns the function that ends that. */
  subscribe(listener: () => void): () => void
}

/** The options of a question. */
export interface SendOptions {
  /** The run whose turn is asked again, such as after an edit of the question. */
  readonly replaces?: string | undefined
  /** A filter of the search, if the server takes one. */
  readonly filter?: unknown
}

/**
 * One conversation on a page: it sends, reads, stops and restores. A failed request is in the snapshot; only `rate`
 * rejects with it. The methods need no `this`, so that they can be passed as handlers.
 */
export interface ChatStore extends Readable<ChatSnapshot> {
  /**
   * Asks a question, in a new conversation if none is open. Resolves when the answer has ended.
   *
   * @throws TypeError when the question is blank or an answer is running
   */
  send(question: string, options?: SendOptions): Promise<void>
  /** Stops the running answer on the server, or another run, such as the one that blocks the conversation. */
  stop(runId?: string): Promise<void>
  /** Stops reading the running answer without telling the server, whose `onDisconnect` decides if it goes on. */
  disconnect(): void
  /**
   * Reads on after `disconnect` or a lost connection. With `runId`, shows the run that blocks the conversation. Resolves
   * when it has ended.
   */
  resume(runId?: string): Promise<void>
  /**
   * Asks the question of a turn again; the last turn by default. The earlier answer stays if the new one fails. To ask
   * with a filter, use `send` with `replaces`.
   *
   * @throws TypeError when an answer is running
   */
  regenerate(runId?: string): Promise<void>
  /**
   * Shows a stored conversation, and follows its running answer; `undefined` begins a new one. Leaves the answer that is
   * running now, like `disconnect`. Resolves when the conversation has loaded.
   */
  open(threadId?: string): Promise<void>
  /**
   * Loads the turns that another tab or device has added. With a subscriber, the store does so by itself when another tab
   * has changed the conversation, and when the page becomes visible again. During an answer, loads them after it.
   */
  refresh(): Promise<void>
  /** Gives feedback on the answer of a run; `undefined` takes it back. It rejects if the server does not store it. */
  rate(runId: string, feedback: Feedback | undefined): Promise<void>
  /** The client that sends the requests. */
  readonly client: ChatClient
}

/** The list of the conversations of a reader. */
export interface ThreadList extends Readable<ThreadListSnapshot> {
  /**
   * Loads the list again, from its begin: as many conversations as are shown, at least 50 and at most 200. `search` is
   * kept until another one is given.
   */
  load(options?: { readonly search?: string | undefined }): Promise<void>
  /** Loads the next page. */
  more(): Promise<void>
  /** Gives a conversation a title. It rejects with a `ChatClientError` if that fails. */
  rename(threadId: string, title: string): Promise<void>
  /** Deletes a conversation. It rejects with a `ChatClientError` if that fails. */
  remove(threadId: string): Promise<void>
}
