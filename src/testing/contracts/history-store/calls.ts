import { equal, fail, ok } from 'node:assert/strict'
import { isChatError } from '../../../core/vocabulary/chat-error.ts'
import type { Feedback } from '../../../core/vocabulary/feedback.ts'
import type {
  FinishedTurn,
  HistoryStore,
  ListThreadsOptions,
  NewTurn,
  SetFeedbackOutcome,
  ThreadKey,
  ThreadPage,
  FinishTurnOutcome,
} from '../../../core/vocabulary/history-store.ts'
import type { StoredTurn } from '../../../core/vocabulary/stored-turn.ts'
import { deepFreeze, promptly, type ContractRunner } from '../contract-runner.ts'
import { EVERY_FIELD } from '../every-field.ts'

/** The methods of a store, each with defaults and the time limit, and with frozen arguments. */
export interface HistoryStoreCalls {
  /** The store itself. */
  readonly store: HistoryStore
  /** Waits until every call has settled. */
  settled(calls: readonly Promise<unknown>[]): Promise<unknown>
  /** Calls `beginTurn`. */
  begin(turn: Partial<NewTurn> & { readonly runId: string }): Promise<void>
  /** Calls `finishTurn`. */
  finish(turn: Partial<FinishedTurn> & { readonly runId: string }): Promise<FinishTurnOutcome | void>
  /** Calls `load`. */
  load(thread?: ThreadKey, limit?: number): Promise<readonly StoredTurn[]>
  /** Finds the turn of a run of the scope `ann`, or of another one; `unsupported` for a store without `find`. */
  find(runId: string, scope?: string): Promise<StoredTurn | 'unsupported' | undefined>
  /** Calls `list`. */
  list(scope: string, page?: Page): ReturnType<HistoryStore['list']>
  /** Returns the ids of all threads of the scope `ann` whose title contains a text, page by page, in order. */
  search(text: string, limit?: number): Promise<readonly string[]>
  /** Calls `rename`, which the store must have. */
  rename(title: string, thread?: ThreadKey): Promise<boolean>
  /** Calls `setFeedback`, which the store must have, for a run of the scope `ann` or of another one. */
  rate(runId: string, feedback: Feedback | undefined, scope?: string): Promise<SetFeedbackOutcome | undefined>
  /** Calls `delete`. */
  remove(thread: ThreadKey): Promise<boolean>
}

/** A page of threads. */
type Page = Omit<ListThreadsOptions, 'signal' | 'onError'>

/** Declares a check of a store. */
export type HistoryStoreCheck = (name: string, body: (calls: HistoryStoreCalls) => Promise<void>) => void

/** The default thread of a check. */
export const CAT: ThreadKey = { scope: 'ann', threadId: 'cats' }

/** Another thread of the same scope. */
export const DOG: ThreadKey = { scope: 'ann', threadId: 'dogs' }

/** Creates the calls of a store. */
export function callsOf(runner: ContractRunner, store: HistoryStore): HistoryStoreCalls {
  const { signal } = new AbortController()
  return {
    store,
    settled: (calls) => promptly(runner, Promise.allSettled(calls), 'Every call'),
    begin(turn) {
      const begun = deepFreeze({ ...CAT, messageId: `message of ${turn.runId}`, question: 'Why?', ...turn })
      return promptly(runner, store.beginTurn(begun, { signal }), 'beginTurn()')
    },
    finish(turn) {
      const finished = Object.freeze({ ...CAT, result: EVERY_FIELD, ...turn })
      return promptly(runner, store.finishTurn(finished, { signal }), 'finishTurn()')
    },
    load: (thread = CAT, limit = 50) => promptly(runner, store.load(thread, { limit, signal }), 'load()'),
    find: async (runId, scope = 'ann') =>
      store.find ? promptly(runner, store.find({ scope, runId }, { signal }), 'find()') : 'unsupported',
    list: (scope, page = { limit: 50 }) => promptly(runner, store.list(scope, { ...page, signal }), 'list()'),
    async search(text, limit = 3) {
      const found: string[] = []
      const titles = { search: text, limit, signal }
      let page = await promptly(runner, store.list('ann', titles), 'list()')
      for (let pages = 1; page.before !== undefined; pages += 1) {
        if (pages === 20) return fail('the search does not end')
        ok(page.threads.length <= limit, 'a page is longer than its limit')
        found.push(...threadsOf(page))
        page = await promptly(runner, store.list('ann', { ...titles, before: page.before }), 'list()')
      }
      return [...found, ...threadsOf(page)]
    },
    rename: async (title, thread = CAT) =>
      promptly(runner, store.rename?.(thread, { title, signal }) ?? fail('there is no rename()'), 'rename()'),
    async rate(runId, feedback, scope = 'ann') {
      const options = { feedback: deepFreeze(feedback), signal }
      const call = store.setFeedback?.({ scope, runId }, options) ?? fail('there is no setFeedback()')
      return promptly(runner, call, 'setFeedback()')
    },
    remove: (thread) => promptly(runner, store.delete(thread, { signal }), 'delete()'),
  }
}

/** Fails unless a call rejects with this code. */
export async function refuses(
  call: Promise<unknown>,
  code: 'not-found' | 'store-conflict' | 'internal',
): Promise<void> {
  const thrown: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  ok(isChatError(thrown), `the call did not fail with a ChatError: ${String(thrown)}`)
  equal(thrown.code, code)
}

/** Returns the run ids of turns, in order. */
export function idsOf(turns: readonly StoredTurn[]): readonly string[] {
  return turns.map(({ runId }) => runId)
}

/** Returns the thread ids of a page, in order. */
export function threadsOf({ threads }: ThreadPage): readonly string[] {
  return threads.map(({ threadId }) => threadId)
}
