import type { Clock } from '../../core/async/clock.ts'
import type { MemoryRun } from './memory-run.ts'
import { keyIn, keyOf } from '../key-of.ts'
import type { RunKey } from '../run-store.ts'
import { createShares } from './shares.ts'

/** The active runs, and the latest ended ones. */
export interface MemoryRunTable {
  /** Returns a run, or `undefined` if it is unknown or its retention has passed. */
  find(key: RunKey): MemoryRun | undefined
  /** Returns the active runs of a scope, in the order of their begin. */
  running(scope: string): readonly MemoryRun[]
  /** Adds a run. The producer of a lost run in the same thread can no longer renew its lease. */
  add(run: MemoryRun): void
  /** Updates the table to the state of a run: call it after a run has ended or renewed its lease. */
  settle(run: MemoryRun): void
  /** Removes a run. */
  remove(run: MemoryRun): void
}

/** The options of {@link createMemoryRunTable}. */
export interface MemoryRunTableOptions {
  /** Retention of a run after its end, in milliseconds. */
  readonly retainMs: number
  /** Maximum number of ended runs per scope. */
  readonly maxRuns: number
  /** Maximum number of ended runs in total. */
  readonly maxTotalRuns: number
  /** Measures the retention. */
  readonly clock: Clock
}

// An expired run is removed when it is looked up. Runs that are never looked up are removed when a run is added, at most
// once per this interval, because that visits all runs.
const SWEEP_MS = 1_000

/** Creates an empty table. */
export function createMemoryRunTable(options: MemoryRunTableOptions): MemoryRunTable {
  const { retainMs, maxRuns, maxTotalRuns, clock } = options
  // Maps, because ids come from clients and may be any string, such as `__proto__`.
  const all = new Map<string, MemoryRun>()
  const runningOf = new Map<string, Set<MemoryRun>>()
  /** The run that began last in each thread. */
  const holderOf = new Map<string, MemoryRun>()
  const over = createShares<MemoryRun>({ maxOfScope: maxRuns, maxTotal: maxTotalRuns })
  let sweptAt = -Infinity

  /** Moves a run to the group of its state, or removes it. Returns false if it was removed. */
  function refresh(run: MemoryRun): boolean {
    if (run.state() === 'running') {
      revive(run)
      return true
    }
    retire(run)
    if (clock.now() >= run.inactiveFrom() + retainMs) remove(run)
    return all.get(run.key) === run
  }

  function revive(run: MemoryRun): void {
    if (over.remove(run)) begin(run)
  }

  function begin(run: MemoryRun): void {
    runningOf.set(run.scope, (runningOf.get(run.scope) ?? new Set<MemoryRun>()).add(run))
  }

  function retire(run: MemoryRun): void {
    if (!leaveRunning(run)) return
    const evicted = over.add(run)
    if (evicted) remove(evicted)
  }

  function leaveRunning(run: MemoryRun): boolean {
    const ofScope = runningOf.get(run.scope)
    if (!ofScope?.delete(run)) return false
    if (ofScope.size === 0) runningOf.delete(run.scope)
    return true
  }

  function remove(run: MemoryRun): void {
    leaveRunning(run)
    over.remove(run)
    all.delete(run.key)
    const thread = threadOf(run)
    if (holderOf.get(thread) === run) holderOf.delete(thread)
  }

  function takeThread(run: MemoryRun): void {
    if (run.summary.threadId === undefined) return
    const thread = threadOf(run)
    holderOf.get(thread)?.fence()
    holderOf.set(thread, run)
  }

  function sweep(): void {
    if (clock.now() < sweptAt + SWEEP_MS) return
    sweptAt = clock.now()
    for (const run of all.values()) refresh(run)
  }

  return {
    find(key) {
      const run = all.get(keyOf(key))
      if (!run || !refresh(run)) return undefined
      over.touch(run)
      return run
    },
    running: (scope) => [...(runningOf.get(scope) ?? [])].filter((run) => run.state() === 'running'),
    add(run) {
      sweep()
      takeThread(run)
      all.set(run.key, run)
      begin(run)
    },
    settle(run) {
      if (all.get(run.key) === run) refresh(run)
    },
    remove,
  }
}

function threadOf({ scope, summary }: MemoryRun): string {
  return keyIn(scope, summary.threadId ?? '')
}
