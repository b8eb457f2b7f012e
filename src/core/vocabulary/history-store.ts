import type { StoredTurn } from './stored-turn.ts'
import type { ChatResult } from './result.ts'
import type { ChatError } from './chat-error.ts'

/** Identifies a thread of one tenant or user. The scope is part of the key, so a thread of another scope is unknown. */
export interface ThreadKey {
  /** The tenant or user. */
  readonly scope: string
  /** Id of the conversation. */
  readonly threadId: string
}

/** Identifies a turn by its run. */
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
   * The run of the turn to replace. It is replaced once this turn has an answer with text that ended as `stop`,
   * `length` or `content-filter`. If the named turn is a failed attempt to replace another one, that other turn is
   * meant.
   */
  readonly replaces?: string
}

/** A turn that has ended. */
export interface FinishedTurn extends ThreadKey {
  /** Id of the run. */
  readonly runId: string
  /** The result to store. */
  readonly result: ChatResult
}

/** An entry in a list of threads. */
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

/** A page of the threads of a scope. */
export interface ThreadPage {
  /** The threads, the latest first. */
  readonly threads: readonly ThreadSummary[]
  /** Pass it as `before` to get the next page; absent on the last page. */
  readonly before?: string
}

/** Options of every call to a store. */
export interface StoreCallOptions {
  /** Aborts the call. */
  readonly signal: AbortSignal
  /**
   * Called for each record that `load` or `find` cannot read. Its turn is returned without a `result`, so that the
   * other turns can be read. For a record of a newer version, the call fails instead.
   */
  readonly onError?: (error: ChatError) => void
}

/**
 * Stores conversations. Every method is scoped. Both writes may be repeated, because `(scope, runId)` identifies a
 * turn. A method fails by throwing a {@link ChatError}; any other thrown value counts as `store-unavailable`.
 * `historyStoreContract` of `ragwire/testing` checks an implementation.
 */
export interface HistoryStore {
  /**
   * Stores the question, before any model is asked. A second call changes nothing.
   *
   * @throws ChatError `not-found` when there is no turn to replace, `store-conflict` when the run belongs to another
   * thread
   */
  beginTurn(turn: NewTurn, options: StoreCallOptions): Promise<void>
  /**
   * Stores the result atomically. A second call changes nothing, because the first result stays. Resolves with the
   * result that the store has. If a store resolves with `undefined`, an earlier other result is not noticed.
   *
   * @throws ChatError `not-found` when the turn no longer exists; `internal` when the result has a value that could not
   * be read back
   */
  finishTurn(turn: FinishedTurn, options: StoreCallOptions): Promise<FinishTurnOutcome | void>
  /** Returns the latest `limit` turns of a thread, the oldest of them first; an empty list for an unknown thread. */
  load(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<readonly StoredTurn[]>
  /**
   * Returns the turn of a run of any age; `undefined` for an unknown run. The core uses it to replay a run that has
   * ended. If a store does not have it, the whole thread is loaded.
   */
  find?(run: TurnKey, options: StoreCallOptions): Promise<StoredTurn | undefined>
  /** Returns the threads of a scope, the latest first. */
  list(
    scope: string,
    options: StoreCallOptions & { readonly limit: number; readonly before?: string },
  ): Promise<ThreadPage>
  /** Deletes a thread. Resolves with true if there was one. */
  delete(thread: ThreadKey, options: StoreCallOptions): Promise<boolean>
}

/** The result that a store has of a turn: the given one, or another one that it stored before. */
export type FinishTurnOutcome =
  | { readonly kept: 'this' }
  /** `result` is the stored one; absent if it cannot be read. */
  | { readonly kept: 'other'; readonly result?: ChatResult }
