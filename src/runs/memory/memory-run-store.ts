import { systemClock, type Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { keyOf } from '../key-of.ts'
import { createMemoryRunTable } from './memory-run-table.ts'
import { createMemoryRun, type LogWrite, type MemoryRun } from './memory-run.ts'
import type { AppendOutcome, BeginRunOutcome, NewRun, RunKey, RunLease, RunStore } from '../run-store.ts'
import { offerSharedWrites, type SharedWrites } from '../shared-writes.ts'
import type { StopOutcome } from '../../core/vocabulary/stop-result.ts'
import { createTombstones } from './tombstones.ts'
import { createWatchers } from '../watchers.ts'

/** The options of {@link memoryRunStore}. */
export interface MemoryRunStoreOptions {
  /** Retention of a run after its end, or after its lease expired, in milliseconds. @defaultValue 300,000 */
  readonly retainMs?: number | undefined
  /** Maximum number of stored events per run; the oldest are dropped first. @defaultValue 20,000 */
  readonly maxEvents?: number | undefined
  /** Maximum number of stored ended runs per scope; the least recently used is dropped. @defaultValue 200 */
  readonly maxRuns?: number | undefined
  /** Maximum number of stored ended runs in total; the scope with the most loses one. @defaultValue 1000 */
  readonly maxTotalRuns?: number | undefined
  /** Measures leases and retention; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

const OPTIONS: OptionNames<MemoryRunStoreOptions> = {
  retainMs: true,
  maxEvents: true,
  maxRuns: true,
  maxTotalRuns: true,
  clock: true,
}

/**
 * Creates a {@link RunStore} in the memory of this process. It is bounded and uses no timers. It stores the text of
 * the tokens, and other events without copying them.
 *
 * @throws TypeError or RangeError when an option is invalid
 *
 * @example
 * ```ts
 * import { memoryRunStore } from 'ragwire/server'
 * const runs = memoryRunStore({ retainMs: 60_000 })
 * ```
 */
export function memoryRunStore(options: MemoryRunStoreOptions = {}): RunStore {
  expectOptions(options, OPTIONS, { of: 'memoryRunStore' })
  const retainMs = durationOption('retainMs', options.retainMs, 300_000)
  const maxEvents = countOption('maxEvents', options.maxEvents, 20_000)
  const maxRuns = countOption('maxRuns', options.maxRuns, 200)
  const maxTotalRuns = countOption('maxTotalRuns', options.maxTotalRuns, 1_000)
  const clock = clockOption('clock', options.clock, systemClock)
  const runs = createMemoryRunTable({ retainMs, maxRuns, maxTotalRuns, clock })
  const tombstones = createTombstones(clock)
  const watchers = createWatchers()
  let leases = 0

  function begin(run: NewRun): BeginRunOutcome {
    const known = runs.find(run)
    if (known && known.lease.token === run.token && known.state() !== 'ended') {
      return { outcome: 'begun', lease: known.lease, stopRequested: known.status().stopRequested }
    }
    if (known) return { outcome: 'exists' }
    const running = runs.running(run.scope)
    const busy = running.find(({ summary }) => run.threadId !== undefined && summary.threadId === run.threadId)
    if (busy) return { outcome: 'thread-busy', runId: busy.runId }
    if (running.length >= run.maxActive) return { outcome: 'too-many-runs' }
    leases += 1
    const token = run.token ?? String(leases)
    const stopRequested = tombstones.take(keyOf(run))
    const begun = createMemoryRun(run, { token, stopRequested, maxEvents, clock })
    runs.add(begun)
    return { outcome: 'begun', lease: begun.lease, stopRequested }
  }

  /** Calls `work` with the run of a lease; throws if the lease is not valid. */
  function write(lease: RunLease, work: (run: MemoryRun) => void): MemoryRun {
    const run = runs.find(lease)
    if (run?.lease.token !== lease.token) {
      throw new ChatError('Cannot write to the run: it was deleted, or another producer has its lease', {
        code: 'store-conflict',
      })
    }
    work(run)
    runs.settle(run)
    return run
  }

  function requestStop(key: RunKey): StopOutcome {
    const outcome = runs.find(key)?.requestStop() ?? 'unknown'
    if (outcome === 'unknown') tombstones.add(keyOf(key))
    if (outcome === 'stopping') watchers.notify(keyOf(key), 'stop')
    return outcome
  }

  function forget(key: RunKey): boolean {
    const run = runs.find(key)
    if (!run) return false
    runs.remove(run)
    watchers.notify(run.key, 'events')
    return true
  }

  function append(lease: RunLease, hasEvents: boolean, addEvents: LogWrite): AppendOutcome {
    const run = write(lease, (run) => run.append(addEvents, lease.leaseMs))
    if (hasEvents) watchers.notify(run.key, 'events')
    return { stopRequested: run.status().stopRequested }
  }

  function end(lease: RunLease, addEvents: LogWrite): void {
    const { key } = write(lease, (run) => run.end(addEvents))
    watchers.notify(key, 'events')
  }

  const shared: SharedWrites = {
    append: (lease, part, options) =>
      unlessAborted(options, () => append(lease, part.to > part.from, (log) => log.share(part))),
    end: (lease, part, last, options) => unlessAborted(options, () => end(lease, (log) => log.share(part, last))),
  }

  const store: RunStore = {
    begin: (run, options) => unlessAborted(options, () => begin(run)),
    append: (lease, events, options) =>
      unlessAborted(options, () => append(lease, events.length > 0, (log) => log.add(events))),
    end: (lease, events, options) => unlessAborted(options, () => end(lease, (log) => log.add(events))),
    read: (key, options) => unlessAborted(options, () => runs.find(key)?.read(options.afterSeq, options.limit)),
    status: (key, options) => unlessAborted(options, () => runs.find(key)?.status()),
    list: (scope, options) =>
      unlessAborted(options, () =>
        runs
          .running(scope)
          .map(({ summary }) => summary)
          .toReversed(),
      ),
    requestStop: (key, options) => unlessAborted(options, () => requestStop(key)),
    watch: (key, onChange) => watchers.watch(keyOf(key), onChange),
    delete: (key, options) => unlessAborted(options, () => forget(key)),
  }
  return offerSharedWrites(store, shared)
}

async function unlessAborted<T>({ signal }: StoreCallOptions, work: () => T): Promise<T> {
  signal.throwIfAborted()
  return work()
}
