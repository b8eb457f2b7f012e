import type { OptionNames } from '../../core/options/expect-options.ts'
import {
  declareChecks,
  type ContractRunner,
  type CreateSubject,
  expectContract,
  RUNNER_OPTIONS,
} from './contract-runner.ts'
import { callsOf, type RunStoreCheck, type RunStoreSubject } from './run-store/calls.ts'
import { declareBeginning } from './run-store/beginning.ts'
import { declareConduct } from './run-store/conduct.ts'
import { declareLeases } from './run-store/leases.ts'
import { declareLimits } from './run-store/limits.ts'
import { declareReading } from './run-store/reading.ts'
import { declareRegistering } from './run-store/registering.ts'
import { declareStopping } from './run-store/stopping.ts'
import { declareWatching } from './run-store/watching.ts'
import { declareWriting } from './run-store/writing.ts'

/** The options of {@link runStoreContract}. */
export interface RunStoreContractOptions extends ContractRunner {
  /** The name in the report. */
  readonly name: string
  /** Creates an empty store. */
  readonly create: CreateSubject<RunStoreSubject>
  /**
   * Creates a store that keeps about 100 events of a run, and keeps a run for about 100 ms after its end. Omit it if a
   * store keeps everything.
   */
  readonly createSmall?: CreateSubject<RunStoreSubject> | undefined
  /**
   * True if `watch` calls its callback. False skips these checks, for a store whose watchers only poll. @defaultValue
   * true
   */
  readonly tellsWatchers?: boolean | undefined
}

const OPTIONS: OptionNames<RunStoreContractOptions> = { ...RUNNER_OPTIONS, createSmall: true, tellsWatchers: true }

/**
 * Declares the checks that every `RunStore` must pass, with the functions of any test runner.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { memoryRunStore } from 'ragwire/server'
 * import { runStoreContract } from 'ragwire/testing'
 * runStoreContract({
 *   describe,
 *   it,
 *   name: 'memoryRunStore',
 *   create: () => ({ store: memoryRunStore() }),
 *   createSmall: () => ({ store: memoryRunStore({ maxEvents: 100, retainMs: 100 }) }),
 * })
 * ```
 */
export function runStoreContract(options: RunStoreContractOptions): void {
  expectContract(options, OPTIONS, 'runStoreContract')
  const checkOf = (create: CreateSubject<RunStoreSubject>): RunStoreCheck => {
    const declare = declareChecks(options, create)
    return (name, body) => declare(name, (subject) => body(callsOf(options, subject)))
  }
  options.describe(`${options.name} as a RunStore`, () => {
    const check = checkOf(options.create)
    declareBeginning(check)
    declareWriting(check)
    declareReading(check)
    declareLeases(check)
    declareRegistering(check)
    declareStopping(check)
    if (options.tellsWatchers !== false) declareWatching(check)
    declareConduct(check)
    if (options.createSmall) declareLimits(checkOf(options.createSmall))
  })
}
