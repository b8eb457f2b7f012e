import type { OptionNames } from '../../core/options/expect-options.ts'
import type { HistoryStore } from '../../core/vocabulary/history-store.ts'
import {
  declareChecks,
  type ContractRunner,
  type ContractSubject,
  type CreateSubject,
  expectContract,
  RUNNER_OPTIONS,
} from './contract-runner.ts'
import { callsOf, type HistoryStoreCheck } from './history-store/calls.ts'
import { declareConduct } from './history-store/conduct.ts'
import { declareRating } from './history-store/rating.ts'
import { declareRenaming } from './history-store/renaming.ts'
import { declareReplacing } from './history-store/replacing.ts'
import { declareSearching } from './history-store/searching.ts'
import { declareThreads } from './history-store/threads.ts'
import { declareTurns } from './history-store/turns.ts'

/** A store under test, initially empty. */
export interface HistoryStoreSubject extends ContractSubject {
  /** The store. */
  readonly store: HistoryStore
}

/** The options of {@link historyStoreContract}. */
export interface HistoryStoreContractOptions extends ContractRunner {
  /** The name in the report. */
  readonly name: string
  /** Creates an empty store. */
  readonly create: CreateSubject<HistoryStoreSubject>
}

const OPTIONS: OptionNames<HistoryStoreContractOptions> = { ...RUNNER_OPTIONS }

/**
 * Declares the checks that every {@link HistoryStore} must pass, with the functions of any test runner. The checks of an
 * optional method pass for a store without it.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryHistoryStore } from 'ragwire'
 * import { historyStoreContract } from 'ragwire/testing'
 * historyStoreContract({
 *   describe,
 *   it,
 *   name: 'memoryHistoryStore',
 *   create: () => ({ store: memoryHistoryStore() }),
 * })
 * ```
 */
export function historyStoreContract(options: HistoryStoreContractOptions): void {
  expectContract(options, OPTIONS, 'historyStoreContract')
  options.describe(`${options.name} as a HistoryStore`, () => {
    const declare = declareChecks(options, options.create)
    const check: HistoryStoreCheck = (name, body) => declare(name, ({ store }) => body(callsOf(options, store)))
    declareTurns(check)
    declareReplacing(check)
    declareThreads(check)
    declareSearching(check)
    declareRenaming(check)
    declareRating(check)
    declareConduct(check)
  })
}
