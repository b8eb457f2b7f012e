import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectFunction } from '../../core/options/validate.ts'
import { withinTimeLimit } from '../within-time-limit.ts'

/** The functions of a test runner, such as those of vitest or `node:test`. */
export interface ContractRunner {
  /** Declares a group of tests. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Declares a test. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
  /** Time limit of one wait, in milliseconds. @defaultValue 2,000 */
  readonly timeLimitMs?: number | undefined
}

/** An object under test that may hold resources. */
export interface ContractSubject {
  /** Called after each check, to release its resources. */
  close?(): Promise<void> | void
}

/** Creates the object under test; every check gets a new one. */
export type CreateSubject<Subject> = () => Subject | Promise<Subject>

/** The options of every contract. */
export const RUNNER_OPTIONS: OptionNames<ContractRunner> & { readonly name: true; readonly create: true } = {
  describe: true,
  it: true,
  timeLimitMs: true,
  name: true,
  create: true,
}

/** Validates the options of the contract `of` before it declares any check. */
export function expectContract(
  options: ContractRunner & { readonly create: unknown },
  names: Readonly<Record<string, true>>,
  of: string,
): void {
  expectOptions(options, names, { of })
  expectFunction('describe', options.describe)
  expectFunction('it', options.it)
  expectFunction('create', options.create)
}

/** Creates the function that declares a check: it creates the subject, and always closes it. */
export function declareChecks<Subject extends ContractSubject>(runner: ContractRunner, create: CreateSubject<Subject>) {
  return (name: string, check: (subject: Subject) => Promise<void>): void => {
    runner.it(name, async () => {
      const subject = await create()
      try {
        await check(subject)
      } finally {
        await subject.close?.()
      }
    })
  }
}

/** Fails a check if a promise does not settle in time. */
export function promptly<T>(runner: ContractRunner, promise: Promise<T>, what: string): Promise<T> {
  return withinTimeLimit(promise, runner.timeLimitMs ?? 2_000, () => `${what} did not settle`)
}

/** Resolves when a promise has settled: with true if it was fulfilled, with false if it was rejected. */
export function settled(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}

/** Freezes a value and everything in it, so that a write to it throws. Typed arrays cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return value
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
