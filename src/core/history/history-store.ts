import type { ChatResult } from '../result.ts'

/** Version of the stored records; a store refuses records of a newer one instead of guessing. */
export const HISTORY_RECORD_VERSION = 1

/** One turn as it is kept. */
export interface StoredTurn {
  readonly v: typeof HISTORY_RECORD_VERSION
  readonly threadId: string
  readonly runId: string
  readonly messageId: string
  readonly question: string
  /** When the turn began, in milliseconds since 1970. */
  readonly createdAt: number
  /** What the reader was shown, exactly; absent while the run is going on, and for ever when its server died. */
  readonly result?: ChatResult
}

/** A thread of one tenant or user: ids are no authority, so that a foreign thread is simply unknown. */
export interface ThreadKey {
  readonly scope: string
  readonly threadId: string
}

/** A turn that begins. */
export interface NewTurn extends ThreadKey {
  readonly runId: string
  readonly messageId: string
  readonly question: string
  /** The run whose turn this one replaces, once it is answered: not after an error or a stop. */
  readonly replaces?: string
}

/** A turn that has ended. */
export interface FinishedTurn extends ThreadKey {
  readonly runId: string
  readonly result: ChatResult
}

/** Whether a turn takes the place of the one that it replaces: a whole answer does not give way to a part of another. */
export function takesPlace({ finishReason }: ChatResult): boolean {
  return finishReason !== 'error' && finishReason !== 'abort'
}

/** A thread as a list shows it. */
export interface ThreadSummary {
  readonly threadId: string
  /** The first question. */
  readonly title: string
  readonly turns: number
  /** When something last changed, in milliseconds since 1970. */
  readonly updatedAt: number
}

/** Some of a scope's threads, the latest first. */
export interface ThreadPage {
  readonly threads: readonly ThreadSummary[]
  /** Give it as `before` to get the next page; absent on the last one. */
  readonly before?: string
}

/** What every call to a store gets. */
export interface StoreCallOptions {
  readonly signal: AbortSignal
}

/**
 * Where conversations are kept. Every method is scoped, and both writes may be repeated: a turn is known by
 * `(scope, runId)`. They fail by throwing a {@link ChatError}; anything else thrown is `store-unavailable`.
 * `historyStoreContract` of `ragwire/testing` checks an implementation.
 */
export interface HistoryStore {
  /**
   * Keeps the question, before anything is paid for. Doing it again changes nothing.
   *
   * @throws ChatError `not-found` when there is no turn to replace, `store-conflict` when the run belongs to another
   * thread
   */
  beginTurn(turn: NewTurn, options: StoreCallOptions): Promise<void>
  /**
   * Keeps the result, all of it or nothing. Doing it again changes nothing: the first result stays.
   *
   * @throws ChatError `not-found` when the turn is gone, because its thread was deleted
   */
  finishTurn(turn: FinishedTurn, options: StoreCallOptions): Promise<void>
  /** The latest `limit` turns of a thread, the oldest of them first; nothing for an unknown or foreign thread. */
  load(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<readonly StoredTurn[]>
  /** The scope's threads, the latest first. */
  list(
    scope: string,
    options: StoreCallOptions & { readonly limit: number; readonly before?: string },
  ): Promise<ThreadPage>
  /** Forgets a thread; resolves with whether there was one. */
  delete(thread: ThreadKey, options: StoreCallOptions): Promise<boolean>
}
