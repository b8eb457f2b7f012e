import type { Feedback } from '../core/vocabulary/feedback.ts'
import type { ChatSnapshot } from '../client/chat-snapshot.ts'
import type { ChatStore, SendOptions } from '../client/chat-store.ts'
import type { ChatClientOptions } from '../client/client-options.ts'

/** The conversation that a component shows. */
export interface ThreadOptions {
  /**
   * The stored conversation to show, such as the one in the URL. A change of this option opens another one, and
   * `undefined` a new one. @defaultValue a new one
   */
  readonly threadId?: string | undefined
  /** Called when the conversation has become another one, except by `threadId`. A new one gets its id with its first question. */
  readonly onThreadChange?: ((threadId: string | undefined) => void) | undefined
}

/**
 * The options of `useRagChat`: those of `createChatStore`, or a store that several components share. Another `url` or
 * `store` begins anew. `headers` and `fetch` may be new functions at each render; changes of the other options of a store
 * have no effect.
 */
export type RagChatOptions = ThreadOptions &
  ((ChatClientOptions & { readonly store?: undefined }) | { readonly store: ChatStore })

/** A conversation in a component: its snapshot, and its actions, which stay the same functions. */
export interface RagChat extends ChatSnapshot {
  /** True while an answer is running. */
  readonly isRunning: boolean
  /** Asks a question. A blank one is ignored, and so is one while an answer is running. Resolves at the end. */
  send(question: string, options?: SendOptions): Promise<void>
  /** Stops the running answer on the server, or another run. An event is no id, so `onClick={stop}` works. */
  stop(runId?: string | object): Promise<void>
  /** Goes on with an answer whose reading broke off, or shows the run that blocks the conversation. */
  resume(runId?: string | object): Promise<void>
  /** Asks the question of a turn again; the last turn by default. Ignored while an answer is running. */
  regenerate(runId?: string | object): Promise<void>
  /** Shows a stored conversation, or a new one. */
  open(threadId?: string | object): Promise<void>
  /** Gives feedback on the answer of a run; `undefined` takes it back. It rejects if the server does not store it. */
  rate(runId: string, feedback: Feedback | undefined): Promise<void>
  /** Leaves the running answer without a word to the server. */
  disconnect(): void
  /** The store, for `useThreads` and for other components. */
  readonly store: ChatStore
}
