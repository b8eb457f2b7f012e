import type { Clock } from '../../core/async/clock.ts'
import type { MemoryRun } from './memory-run.ts'
import { keyOf } from '../run-key.ts'
import type { RunKey } from '../run-store.ts'
import { createShares } from './shares.ts'

/** The runs that are going on, and some of those that are over. */
export interface MemoryRunTable {
  find(key: RunKey): MemoryRun | undefined
  /** The runs of a scope that are going on, in the order in which they began. */
  running(scope: string): readonly MemoryRun[]
  /** Adds a run. A lost run of the same thread can no longer be taken back. */
  add(run: MemoryRun): void
  /** Takes note of where a run stands: call it when one is over, or was taken back. */
  settle(run: MemoryRun): void
  remove(run: MemoryRun): void
}

/** What a {@link MemoryRunTable} keeps, and for how long. */
export interface MemoryRunTableOptions {
  readonly retainMs: number
  /** Most runs of a scope that are over. */
  readonly maxRuns: number
  /** Most runs of all scopes that are over. */
  readonly maxTotalRuns: number
  readonly clock: Clock
}

// What time takes is found by whoever asks for it. What nobody asks for is looked for when a run is added, so often at
// most: it costs a walk over everything.
const SWEEP_MS = 1_000

/** Creates an empty table. */
export function createMemoryRunTable(options: MemoryRunTableOptions): MemoryRunTable {
  const { retainMs, maxRuns, maxTotalRuns, clock } = options
  // Maps, because ids come from outside and may be called anything.
  const all = new Map<string, MemoryRun>()
  const runningOf = new Map<string, Set<MemoryRun>>()
  /** The run that began last in each thread. */
  const holderOf = new Map<string, MemoryRun>()
  const over = createShares<MemoryRun>({ maxOfScope: maxRuns, maxTotal: maxTotalRuns })
  let sweptAt = -Infinity

  function settle(run: MemoryRun): void {
    if (all.get(keyOf(run)) !== run) return
    if (run.state === 'running') return revive(run)
    retire(run)
    if (clock.now() >= run.overAt + retainMs) remove(run)
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
    all.delete(keyOf(run))
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
    for (const run of all.values()) settle(run)
  }

  return {
    find(key) {
      const run = all.get(keyOf(key))
      if (run) settle(run)
      if (run) over.touch(run)
      return all.get(keyOf(key))
    },
    running: (scope) => [...(runningOf.get(scope) ?? [])].filter(({ state }) => state === 'running'),
    add(run) {
      sweep()
      takeThread(run)
      all.set(keyOf(run), run)
      begin(run)
    },
    settle,
    remove,
  }
}

function threadOf({ scope, summary }: MemoryRun): string {
  return JSON.stringify([scope, summary.threadId])
}
