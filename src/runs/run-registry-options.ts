import { systemClock, type Clock } from '../core/async/clock.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { logError } from '../core/observe/log-error.ts'
import {
  expectClock,
  expectCount,
  expectDuration,
  expectMethods,
  expectOneOf,
  expectHook,
} from '../core/options/validate.ts'
import { memoryRunStore } from './memory/memory-run-store.ts'
import type { RunStore } from './run-store.ts'

/**
 * What becomes of a run when its last reader has left: it stops, it goes on, or it goes on for a while. The process that
 * produces a run acts when the last of its own readers has left, and waits for those of the others then. A run that
 * nobody has read there goes on.
 */
export type DisconnectPolicy = 'abort' | 'continue' | { readonly continueForMs: number }

/** What becomes of a question in a thread that still answers another one: it is refused, it waits, or it takes over. */
export type ThreadBusyPolicy = 'reject' | 'queue' | 'interrupt'

/** What {@link createRunRegistry} takes. Durations are milliseconds. */
export interface RunRegistryOptions {
  /** Where the events of runs are kept. @defaultValue {@link memoryRunStore}: this process alone */
  readonly store?: RunStore | undefined
  /** @defaultValue `abort` */
  readonly onDisconnect?: DisconnectPolicy | undefined
  /** @defaultValue `reject` */
  readonly onThreadBusy?: ThreadBusyPolicy | undefined
  /** How long a question waits for its thread under `queue`, before it is refused. @defaultValue 60000 */
  readonly queueMs?: number | undefined
  /** Runs at a time in this process. @defaultValue 200 */
  readonly maxRuns?: number | undefined
  /** Runs at a time of one scope, in all processes; in each of them, as many may wait for a thread. @defaultValue 4 */
  readonly maxRunsPerScope?: number | undefined
  /** Readers at a time of one run, in this process, wherever the run is produced. @defaultValue 1000 */
  readonly maxReadersPerRun?: number | undefined
  /**
   * Bytes that the runs and readers of this process may hold before new ones are refused; an estimate. What goes on is not
   * ended. @defaultValue 268435456
   */
  readonly maxBufferedBytes?: number | undefined
  /** How long a run outlives its process before it counts as lost. @defaultValue 10000 */
  readonly leaseMs?: number | undefined
  /**
   * How long events are collected before they are written: what a crash may cost a reader who comes back. It is never
   * more than a fifth of `leaseMs`. @defaultValue 250
   */
  readonly flushMs?: number | undefined
  /** How often a reader looks for events of another process when nothing tells of them. @defaultValue 1000 */
  readonly pollMs?: number | undefined
  /** For each call to the store. @defaultValue 5000 */
  readonly storeMs?: number | undefined
  /**
   * Called if a store fails while a run goes on, once until it recovers, and if a stream breaks. `false` turns it off.
   *
   * @defaultValue one line to `console.error`, without keys; with the registry that a handler makes, the handler's own
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
  /** @defaultValue the machine's */
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

// A lease may have no end.
const LONGEST_PATIENCE_MS = 60_000

/** Options with every default applied. */
export type ResolvedRunRegistryOptions = ReturnType<typeof resolveRunRegistryOptions>

/**
 * Checks the options and applies the defaults, once.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveRunRegistryOptions(options: RunRegistryOptions) {
  expectOptions(options, REGISTRY_OPTIONS, { of: 'createRunRegistry' })
  const clock = expectClock('clock', options.clock, systemClock)
  const store = options.store === undefined ? memoryRunStore({ clock }) : options.store
  expectMethods('store', store, 'a run store such as memoryRunStore()', ['begin', 'append', 'end', 'read'])
  const leaseMs = expectDuration('leaseMs', options.leaseMs, 10_000)
  const storeMs = expectDuration('storeMs', options.storeMs, 5_000)
  const onThreadBusy = options.onThreadBusy ?? 'reject'
  return {
    store,
    clock,
    continueForMs: resolveContinueForMs(options.onDisconnect ?? 'abort'),
    onThreadBusy: expectOneOf('onThreadBusy', onThreadBusy, ['reject', 'queue', 'interrupt'] as const),
    queueMs: expectDuration('queueMs', options.queueMs, 60_000),
    maxRuns: expectCount('maxRuns', options.maxRuns, 200),
    maxRunsPerScope: expectCount('maxRunsPerScope', options.maxRunsPerScope, 4),
    maxReadersPerRun: expectCount('maxReadersPerRun', options.maxReadersPerRun, 1_000),
    maxBufferedBytes: expectCount('maxBufferedBytes', options.maxBufferedBytes, 268_435_456),
    leaseMs,
    flushMs: expectDuration('flushMs', options.flushMs, 250),
    pollMs: expectDuration('pollMs', options.pollMs, 1_000),
    storeMs,
    /** Time for which calls to a failing store are repeated, in milliseconds. The last call may hang, too. */
    patienceMs: Math.min(leaseMs, LONGEST_PATIENCE_MS) + 2 * storeMs,
    onError: expectHook('onError', options.onError, logError),
  }
}

/** The policy as a number: 0 stops at once, `Infinity` never. */
function resolveContinueForMs(policy: DisconnectPolicy): number {
  if (typeof policy === 'object' && policy !== null) {
    expectOptions(policy, { continueForMs: true }, { of: 'createRunRegistry', within: 'onDisconnect' })
    return expectDuration('onDisconnect.continueForMs', policy.continueForMs, Infinity)
  }
  return expectOneOf('onDisconnect', policy, ['abort', 'continue']) === 'abort' ? 0 : Infinity
}
