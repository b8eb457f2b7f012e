import type { StoredTurn } from './stored-turn.ts'
import type { Feedback } from './feedback.ts'
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
  /** The title that `rename` has set, or else the first question, cut to 1,000 UTF-16 code units. */
  readonly title: string
  /** Number of turns. */
  readonly turns: number
  /** Time of the last change of its turns, in milliseconds since 1970. A title or feedback does not change it. */
  readonly updatedAt: number
}

/** A page of the threads of a scope. */
export interface ThreadPage {
  /** The threads, the latest first. A page of a search may have fewer than the limit, even none, before the last one. */
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
  list(scope: string, options: ListThreadsOptions): Promise<ThreadPage>
  /** Deletes a thread. Resolves with true if there was one. */
  delete(thread: ThreadKey, options: StoreCallOptions): Promise<boolean>
  /**
   * Sets the title of a thread, in place of its first question; the last call wins. The order of the list, `updatedAt`
   * and the cursors stay the same. Resolves with true if the thread exists. Without this method, a handler answers a
   * rename with 405.
   */
  rename?(thread: ThreadKey, options: StoreCallOptions & { readonly title: string }): Promise<boolean>
  /**
   * Stores the reader's feedback on the answer of a turn, in place of earlier feedback; `undefined` removes it. Resolves
   * with `undefined`, and stores nothing, if there is no such turn or it has no result. Atomic, so that one of several
   * equal calls finds the change. The order of the list and `updatedAt` stay the same. Without this method, a handler
   * answers feedback with 405.
   */
  setFeedback?(
    run: TurnKey,
    options: StoreCallOptions & { readonly feedback: Feedback | undefined },
  ): Promise<SetFeedbackOutcome | undefined>
}

/** Options of {@link HistoryStore.list}. */
export interface ListThreadsOptions extends StoreCallOptions {
  /** Maximum number of threads of the page. */
  readonly limit: number
  /** `before` of the previous page. */
  readonly before?: string
  /**
   * Lists only the threads whose title contains this text, as `foldText` of `ragwire` compares them:
   * `foldText(title).includes(foldText(search))`. A store must not ignore it.
   */
  readonly search?: string
}

/** A turn whose feedback was set. */
export interface SetFeedbackOutcome {
  /** The turn, with the new feedback. */
  readonly turn: StoredTurn
  /** The feedback that it had before; absent if it had none. */
  readonly earlier?: Feedback
}

/** The result that a store has of a turn: the given one, or another one that it stored before. */
export type FinishTurnOutcome =
  | { readonly kept: 'this' }
  /** `result` is the stored one; absent if it cannot be read. */
  | { readonly kept: 'other'; readonly result?: ChatResult }
