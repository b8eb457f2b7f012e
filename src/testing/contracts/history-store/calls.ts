import { equal, ok } from 'node:assert/strict'
import { isChatError } from '../../../core/vocabulary/chat-error.ts'
import type {
  FinishedTurn,
  HistoryStore,
  NewTurn,
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
  list(scope: string, page?: { readonly limit: number; readonly before?: string }): ReturnType<HistoryStore['list']>
  /** Calls `delete`. */
  remove(thread: ThreadKey): Promise<boolean>
}

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
