import type { Clock } from '../../core/clock.ts'
import type { MemoryRun } from './memory-run.ts'
import { keyOf } from '../run-key.ts'
import type { RunKey } from '../run-store.ts'

/** The runs that are going on, and some of those that are over. */
export interface MemoryRunTable {
  find(key: RunKey): MemoryRun | undefined
  /** The runs of a scope that are going on, in the order in which they began. */
  running(scope: string): readonly MemoryRun[]
  add(run: MemoryRun): void
  /** Takes note of where a run stands: call it when one is over. */
  settle(run: MemoryRun): void
  remove(run: MemoryRun): void
}

/** What a {@link MemoryRunTable} keeps, and for how long. */
export interface MemoryRunTableOptions {
  readonly retainMs: number
  /** Most runs that are over. */
  readonly maxRuns: number
  readonly clock: Clock
}

// What time takes is found by whoever asks for it. What nobody asks for is looked for when a run is added, so often at
// most: it costs a walk over everything.
const SWEEP_MS = 1_000

/** Creates an empty table. */
export function createMemoryRunTable({ retainMs, maxRuns, clock }: MemoryRunTableOptions): MemoryRunTable {
  // Maps, because ids come from outside and may be called anything.
  const all = new Map<string, MemoryRun>()
  const runningOf = new Map<string, Set<MemoryRun>>()
  /** The one that was used longest ago comes first. */
  const over = new Set<MemoryRun>()
  let sweptAt = -Infinity

  function settle(run: MemoryRun): void {
    if (run.state === 'running') return
    retire(run)
    if (clock.now() >= run.overAt + retainMs) remove(run)
  }

  function retire(run: MemoryRun): void {
    const ofScope = runningOf.get(run.scope)
    if (!ofScope?.delete(run)) return
    if (ofScope.size === 0) runningOf.delete(run.scope)
    over.add(run)
    const [oldest] = over
    if (over.size > maxRuns && oldest) remove(oldest)
  }

  function remove(run: MemoryRun): void {
    retire(run)
    over.delete(run)
    all.delete(keyOf(run))
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
      if (run && over.delete(run)) over.add(run)
      return all.get(keyOf(key))
    },
    running: (scope) => [...(runningOf.get(scope) ?? [])].filter(({ state }) => state === 'running'),
    add(run) {
      sweep()
      all.set(keyOf(run), run)
      runningOf.set(run.scope, (runningOf.get(run.scope) ?? new Set<MemoryRun>()).add(run))
    },
    settle,
    remove,
  }
}
