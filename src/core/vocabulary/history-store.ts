import type { StoredTurn } from './stored-turn.ts'
import type { ChatResult } from './result.ts'
import type { ChatError } from './chat-error.ts'

/** A thread of one tenant or user: ids are no authority, so that a foreign thread is simply unknown. */
export interface ThreadKey {
  /** The tenant or user. */
  readonly scope: string
  /** Id of the conversation. */
  readonly threadId: string
}

/** A turn, by the run that it belongs to. */
export interface TurnKey {
  /** The tenant or user. */
  readonly scope: string
  /** Id of the run. */
  readonly runId: string
}

/** A turn that begins. */
export interface NewTurn extends ThreadKey {
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** The question as the reader asked it. */
  readonly question: string
  /**
   * The run whose turn this one takes the place of, once it has an answer with text that ended as `stop`, `length` or
   * `content-filter`. Where that turn is a failed attempt to replace another one, it is that other one.
   */
  readonly replaces?: string
}

/** A turn that has ended. */
export interface FinishedTurn extends ThreadKey {
  /** Id of the run. */
  readonly runId: string
  /** The result to keep. */
  readonly result: ChatResult
}

/** A thread as a list shows it. */
export interface ThreadSummary {
  /** Id of the conversation. */
  readonly threadId: string
  /** The first question. */
  readonly title: string
  /** Number of turns. */
  readonly turns: number
  /** Time of the last change, in milliseconds since 1970. */
  readonly updatedAt: number
}

/** Some of a scope's threads, the latest first. */
export interface ThreadPage {
  /** The threads, the latest first. */
  readonly threads: readonly ThreadSummary[]
  /** Give it as `before` to get the next page; absent on the last one. */
  readonly before?: string
}

/** Options of every call to a store. */
export interface StoreCallOptions {
  /** Aborts the call. */
  readonly signal: AbortSignal
  /**
   * Called for each record that `load` or `find` cannot read. Its turn is given without a `result`, so that one bad record
   * does not cost the thread. A record of a newer version is refused instead: the call fails.
   */
  readonly onError?: (error: ChatError) => void
}

/**
 * Keeps conversations. Every method is scoped, and both writes may be repeated: a turn is known by
 * `(scope, runId)`. They fail by throwing a {@link ChatError}; anything else thrown is `store-unavailable`.
 * `historyStoreContract` of `ragwire/testing` checks an implementation.
 */
export interface HistoryStore {
  /**
   * Keeps the question, before anything is paid for. A second call changes nothing.
   *
   * @throws ChatError `not-found` when there is no turn to replace, `store-conflict` when the run belongs to another
   * thread
   */
  beginTurn(turn: NewTurn, options: StoreCallOptions): Promise<void>
  /**
   * Keeps the result, all of it or nothing. A second call changes nothing: the first result stays. It resolves with
   * the result that stays. A store that resolves with nothing cannot report that another result was there before.
   *
   * @throws ChatError `not-found` when the turn is gone, because its thread was deleted; `internal` when the result holds
   * a value that could not be read back
   */
  finishTurn(turn: FinishedTurn, options: StoreCallOptions): Promise<FinishTurnOutcome | void>
  /** The latest `limit` turns of a thread, the oldest of them first; nothing for an unknown or foreign thread. */
  load(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<readonly StoredTurn[]>
  /**
   * The turn of a run, however old it is; nothing for an unknown or foreign one. A run that has ended is not paid for
   * again, and this is how it is found. For a store without it, the whole thread is loaded.
   */
  find?(run: TurnKey, options: StoreCallOptions): Promise<StoredTurn | undefined>
  /** The scope's threads, the latest first. */
  list(
    scope: string,
    options: StoreCallOptions & { readonly limit: number; readonly before?: string },
  ): Promise<ThreadPage>
  /** Deletes a thread. Resolves with true if there was one. */
  delete(thread: ThreadKey, options: StoreCallOptions): Promise<boolean>
}

/** The result that a store keeps of a turn: the one that it was given, or one that it had before. */
export type FinishTurnOutcome =
  | { readonly kept: 'this' }
  /** `result` is the one that stays; absent where it cannot be read. */
  | { readonly kept: 'other'; readonly result?: ChatResult }
