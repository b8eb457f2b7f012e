import { deepEqual } from 'node:assert/strict'
import type { OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption } from '../../core/options/options-with-defaults.ts'
import type { KnowledgeStore } from '../../knowledge/store/knowledge-store.ts'
import {
  declareChecks,
  expectContract,
  promptly,
  RUNNER_OPTIONS,
  type ContractRunner,
  type ContractSubject,
  type CreateSubject,
} from './contract-runner.ts'
import { declareAwkward } from './knowledge-store/awkward.ts'
import { callsOf, type KnowledgeStoreCheck } from './knowledge-store/calls.ts'
import { declareCommitting } from './knowledge-store/committing.ts'
import { declareConcurrency } from './knowledge-store/concurrency.ts'
import { declareConduct } from './knowledge-store/conduct.ts'
import { declareDurable } from './knowledge-store/durable.ts'
import { declareFields } from './knowledge-store/fields.ts'
import { declareFiltering } from './knowledge-store/filtering.ts'
import { declarePaging } from './knowledge-store/paging.ts'
import { declareRefusing } from './knowledge-store/refusing.ts'
import { declareScoping } from './knowledge-store/scoping.ts'
import { declareScoring } from './knowledge-store/scoring.ts'

/** A store under test, initially empty. */
export interface KnowledgeStoreSubject extends ContractSubject {
  /** The store. */
  readonly store: KnowledgeStore
  /** Closes the last opened store and opens its index again. Absent if the store is not durable. */
  reopen?(): Promise<KnowledgeStore> | KnowledgeStore
  /** Opens a further store of the same index, as another process does. Absent if an index has only one store. */
  connect?(): Promise<KnowledgeStore> | KnowledgeStore
}

/** The options of {@link knowledgeStoreContract}. */
export interface KnowledgeStoreContractOptions extends ContractRunner {
  /** The name in the report. */
  readonly name: string
  /** Creates an empty store. `close` of the subject must close all stores that `reopen` and `connect` opened. */
  readonly create: CreateSubject<KnowledgeStoreSubject>
  /** False if the documents of the checks must have no vectors. @defaultValue true */
  readonly vectors?: boolean | undefined
}

const OPTIONS: OptionNames<KnowledgeStoreContractOptions> = { ...RUNNER_OPTIONS, vectors: true }

/**
 * Declares the checks that every {@link KnowledgeStore} must pass, with the functions of any test runner. At the end of
 * each check, `inspect` must find nothing.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryKnowledgeStore } from 'ragwire/knowledge'
 * import { knowledgeStoreContract } from 'ragwire/testing'
 * knowledgeStoreContract({
 *   describe,
 *   it,
 *   name: 'memoryKnowledgeStore',
 *   create: () => ({ store: memoryKnowledgeStore() }),
 * })
 * ```
 */
export function knowledgeStoreContract(options: KnowledgeStoreContractOptions): void {
  expectContract(options, OPTIONS, 'knowledgeStoreContract')
  booleanOption('vectors', options.vectors, true)
  options.describe(`${options.name} as a KnowledgeStore`, () => {
    const declare = declareChecks(options, options.create)
    const check: KnowledgeStoreCheck = (name, body) =>
      declare(name, async (subject) => {
        let { store } = subject
        const { reopen } = subject
        const reopened = reopen && { reopen: async () => (store = await reopen.call(subject)) }
        await body(callsOf(options, { ...subject, ...reopened }))
        const { signal } = new AbortController()
        deepEqual(
          await promptly(options, store.inspect({ signal }), 'inspect()'),
          [],
          'inspect() found inconsistencies',
        )
      })
    declareCommitting(check)
    declareRefusing(check)
    declarePaging(check)
    declareScoping(check)
    declareFiltering(check)
    declareScoring(check)
    declareFields(check)
    declareAwkward(check)
    declareConcurrency(check)
    declareConduct(check)
    declareDurable(check)
  })
}
