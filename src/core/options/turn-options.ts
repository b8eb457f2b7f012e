import type { ChatError } from '../vocabulary/chat-error.ts'
import type { Message } from '../vocabulary/chat-model.ts'

/** Options of `chat.stream`: those that belong to one request. */
export interface TurnOptions {
  /** The question of the reader. Lone surrogates are repaired; an empty question is refused. */
  readonly question: string
  /** The tenant or user: given to the retriever, part of every key of a history, and required with one. */
  readonly scope?: string | undefined
  /** The conversation. @defaultValue `crypto.randomUUID()` where the chat keeps a history, else none */
  readonly threadId?: string | undefined
  /**
   * A run that has ended in the history is not paid for again: its result is replayed.
   * @defaultValue `crypto.randomUUID()`
   */
  readonly runId?: string | undefined
  /**
   * The `runId` of the turn that this one takes the place of, once it has an answer with text that the model ended as
   * `stop`, `length` or `content-filter`. After any other end both are kept, and this one has `replaces` in its record.
   */
  readonly replaces?: string | undefined
  /** Passed to the retriever as it is. An engine takes none. */
  readonly filter?: unknown
  /** The earlier messages, the oldest first. Only for a chat that keeps no history itself. */
  readonly history?: readonly Message[] | undefined
  /**
   * Aborting it ends the stream with `done` and `finishReason: 'abort'`, or with an `error` of that code when the reason
   * is a {@link ChatError}; it never throws.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Called with the promise of the saving that goes on after the reader has left, such as `waitUntil` of an edge runtime.
   * @defaultValue that of the chat
   */
  readonly waitUntil?: ((saving: Promise<unknown>) => void) | undefined
  /** Called with each failure of this run and its cause, beside the `onError` of the chat. */
  readonly onError?: ((error: ChatError) => void) | undefined
}
