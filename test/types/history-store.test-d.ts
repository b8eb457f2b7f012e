import { expectTypeOf, test } from 'vitest'
import type {
  FinishedTurn,
  HistoryStore,
  NewTurn,
  StoreCallOptions,
  StoredTurn,
  ThreadKey,
  ThreadPage,
} from '../../src/index.ts'

/** A store that was written before titles, search and feedback. */
interface EarlierStore {
  beginTurn(turn: NewTurn, options: StoreCallOptions): Promise<void>
  finishTurn(turn: FinishedTurn, options: StoreCallOptions): Promise<void>
  load(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<readonly StoredTurn[]>
  list(
    scope: string,
    options: StoreCallOptions & { readonly limit: number; readonly before?: string },
  ): Promise<ThreadPage>
  delete(thread: ThreadKey, options: StoreCallOptions): Promise<boolean>
}

test('a store without the optional methods is a HistoryStore', () => {
  expectTypeOf<EarlierStore>().toExtend<HistoryStore>()
})
