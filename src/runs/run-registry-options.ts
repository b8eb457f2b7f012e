import { systemClock, type Clock } from '../core/async/clock.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { logError } from '../core/observe/log-error.ts'
import { clockOption, countOption, durationOption, hookOption } from '../core/options/options-with-defaults.ts'
import { expectMethods, expectOneOf } from '../core/options/validate.ts'
import { memoryRunStore } from './memory/memory-run-store.ts'
import type { RunStore } from './run-store.ts'

/**
 * The policy for a run whose last reader has left: `abort` stops it, `continue` lets it continue, and `continueForMs` lets
 * it continue for that time. The producing process applies it when its own last reader leaves, and waits for readers in
 * other processes. A run that never had a reader in its process continues.
 */
export type DisconnectPolicy = 'abort' | 'continue' | { readonly continueForMs: number }

/** The policies for a question in a busy thread: reject it, let it wait, or stop the active run. */
export const THREAD_BUSY_POLICIES = ['reject', 'queue', 'interrupt'] as const

/** The policy for a question in a busy thread. */
export type ThreadBusyPolicy = (typeof THREAD_BUSY_POLICIES)[number]

/** The options of {@link createRunRegistry}. Durations are in milliseconds. */
export interface RunRegistryOptions {
  /** Stores the events of runs. @defaultValue {@link memoryRunStore}, for this process only */
  readonly store?: RunStore | undefined
  /** Policy for a run whose last reader has left. @defaultValue `abort` */
  readonly onDisconnect?: DisconnectPolicy | undefined
  /** Policy for a question in a busy thread. @defaultValue `reject` */
  readonly onThreadBusy?: ThreadBusyPolicy | undefined
  /** Maximum wait of a question for its thread, with `onThreadBusy: 'queue'`. @defaultValue 60000 */
  readonly queueMs?: number | undefined
  /** Maximum number of active runs in this process. @defaultValue 200 */
  readonly maxRuns?: number | undefined
  /**
   * Maximum number of active runs of one scope in all processes. It is also the maximum number of runs that wait for
   * one thread in one process.
   * @defaultValue 4
   */
  readonly maxRunsPerScope?: number | undefined
  /** Maximum number of readers of one run in this process. @defaultValue 1000 */
  readonly maxReadersPerRun?: number | undefined
  /**
   * Maximum of bytes that the runs and readers of this process may use in memory, estimated. Above it, new ones are
   * rejected; existing ones continue.
   * @defaultValue 268435456
   */
  readonly maxBufferedBytes?: number | undefined
  /** Time after which a run counts as lost if its process no longer renews the lease. @defaultValue 10000 */
  readonly leaseMs?: number | undefined
  /**
   * Time for which events are collected before they are written; a crash loses at most these. It is at most a fifth of
   * `leaseMs`. @defaultValue 250
   */
  readonly flushMs?: number | undefined
  /** Interval at which a reader polls for events of another process. @defaultValue 1000 */
  readonly pollMs?: number | undefined
  /** Maximum duration of one call to the store. @defaultValue 5000 */
  readonly storeMs?: number | undefined
  /**
   * Called when a store fails during a run, once until it recovers, and when a stream throws. `false` turns it off.
   *
   * @defaultValue one line to `console.error`, without keys; in a registry that a handler creates, the handler's hook
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
  /** Measures all times; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const REGISTRY_OPTIONS: OptionNames<RunRegistryOptions> = {
  store: true,
  onDisconnect: true,
  onThreadBusy: true,
  queueMs: true,
  maxRuns: true,
  maxRunsPerScope: true,
  maxReadersPerRun: true,
  maxBufferedBytes: true,
  leaseMs: true,
  flushMs: true,
  pollMs: true,
  storeMs: true,
  onError: true,
  clock: true,
}

// `leaseMs` may be `Infinity`.
const LONGEST_PATIENCE_MS = 60_000

/** The options with all defaults applied. */
export type ResolvedRunRegistryOptions = ReturnType<typeof resolveRunRegistryOptions>

/**
 * Validates the options and applies the defaults.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveRunRegistryOptions(options: RunRegistryOptions) {
  expectOptions(options, REGISTRY_OPTIONS, { of: 'createRunRegistry' })
  const clock = clockOption('clock', options.clock, systemClock)
  const store = options.store === undefined ? memoryRunStore({ clock }) : options.store
  expectMethods('store', store, 'a run store such as memoryRunStore()', STORE_METHODS)
  const leaseMs = durationOption('leaseMs', options.leaseMs, 10_000)
  const storeMs = durationOption('storeMs', options.storeMs, 5_000)
  const onThreadBusy = options.onThreadBusy ?? 'reject'
  return {
    store,
    clock,
    continueForMs: resolveContinueForMs(options.onDisconnect ?? 'abort'),
    onThreadBusy: expectOneOf('onThreadBusy', onThreadBusy, THREAD_BUSY_POLICIES),
    queueMs: durationOption('queueMs', options.queueMs, 60_000),
    maxRuns: countOption('maxRuns', options.maxRuns, 200),
    maxRunsPerScope: countOption('maxRunsPerScope', options.maxRunsPerScope, 4),
    maxReadersPerRun: countOption('maxReadersPerRun', options.maxReadersPerRun, 1_000),
    maxBufferedBytes: countOption('maxBufferedBytes', options.maxBufferedBytes, 268_435_456),
    leaseMs,
    flushMs: durationOption('flushMs', options.flushMs, 250),
    pollMs: durationOption('pollMs', options.pollMs, 1_000),
    storeMs,
    /** Time for which calls to a failing store are repeated, in milliseconds. It includes a last call that hangs. */
    patienceMs: Math.min(leaseMs, LONGEST_PATIENCE_MS) + 2 * storeMs,
    onError: hookOption('onError', options.onError, logError),
  }
}

/** Converts the policy to a duration: 0 stops at once, `Infinity` never. */
function resolveContinueForMs(policy: DisconnectPolicy): number {
  if (typeof policy === 'object' && policy !== null) {
    expectOptions(policy, { continueForMs: true }, { of: 'createRunRegistry', within: 'onDisconnect' })
    return durationOption('onDisconnect.continueForMs', policy.continueForMs, Infinity)
  }
  return expectOneOf('onDisconnect', policy, ['abort', 'continue']) === 'abort' ? 0 : Infinity
}

const STORE_METHODS = [
  'begin',
  'append',
  'end',
  'read',
  'status',
  'list',
  'requestStop',
  'watch',
  'delete',
] as const satisfies readonly (keyof RunStore)[]
