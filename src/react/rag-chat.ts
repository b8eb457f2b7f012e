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
 * `store` begins anew. `headers` may be a new function at each render. Changes of the other options have no effect.
 */
export type RagChatOptions = ThreadOptions &
  ((ChatClientOptions & { readonly store?: undefined }) | { readonly store: ChatStore })

/**
 * A conversation in a component: its snapshot, and its actions, which stay the same functions. The actions are handlers:
 * they return nothing, and `onClick={stop}` works, because an event is not taken as an id. To await the end of an answer,
 * use the functions of `store`.
 */
export interface RagChat extends ChatSnapshot {
  /** True while an answer is running. */
  readonly isRunning: boolean
  /** Asks a question. A blank one is ignored, and so is a question while an answer is running. */
  send(question: string, options?: SendOptions): void
  /** Stops the running answer on the server, or another run, such as the one that blocks the conversation. */
  stop(runId?: string | object): void
  /** Goes on with an answer whose reading broke off, or shows the run that blocks the conversation. */
  resume(runId?: string | object): void
  /** Asks the question of a turn again; the last turn by default. Ignored while an answer is running. */
  regenerate(runId?: string | object): void
  /** Shows a stored conversation; without an id, begins a new one. */
  open(threadId?: string | object): void
  /** Leaves the running answer without a word to the server, whose policy decides if it goes on. */
  disconnect(): void
  /** Gives feedback on the answer of a run; `undefined` takes it back. It rejects if the server does not store it. */
  rate(runId: string, feedback: Feedback | undefined): Promise<void>
  /** The store, for `useThreads` and for other components. */
  readonly store: ChatStore
}
