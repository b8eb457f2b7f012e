import type { ChatError } from '../vocabulary/chat-error.ts'
import type { Message } from '../vocabulary/chat-model.ts'

/** Options of `chat.stream`, which belong to one request. */
export interface TurnOptions {
  /** The question of the reader. Unpaired surrogates are replaced; an empty question is rejected. */
  readonly question: string
  /** The tenant or user. The retriever gets it, and it is part of every key in a history store, which requires it. */
  readonly scope?: string | undefined
  /** The conversation. @defaultValue `crypto.randomUUID()` if the chat has a history store, else none */
  readonly threadId?: string | undefined
  /**
   * Id of the run. If the history has its result, the result is replayed and the model is not asked again.
   * @defaultValue `crypto.randomUUID()`
   */
  readonly runId?: string | undefined
  /**
   * The `runId` of the turn to replace. It is replaced once this turn has an answer with text that ended as `stop`,
   * `length` or `content-filter`. After any other end the store has both turns, and the record of this one has
   * `replaces`.
   */
  readonly replaces?: string | undefined
  /** Passed to the retriever unchanged. An engine takes no filter. */
  readonly filter?: unknown
  /** The earlier messages, the oldest first. Only for a chat without a history store. */
  readonly history?: readonly Message[] | undefined
  /**
   * Aborting it ends the stream with `done` and `finishReason: 'abort'`. If the reason is a {@link ChatError}, the
   * stream ends with an `error` of its code instead. The stream never throws.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Called if the reader leaves before the end, with a promise that settles when the turn is saved. Pass `waitUntil` of
   * an edge runtime.
   * @defaultValue the `waitUntil` of the chat
   */
  readonly waitUntil?: ((saving: Promise<unknown>) => void) | undefined
  /** Called with each failure of this run and its cause, in addition to the `onError` of the chat. */
  readonly onError?: ((error: ChatError) => void) | undefined
}
