import { untilAborted } from '../../src/core/async/abortable.ts'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import type { Clock, ChatEvent } from '../../src/index.ts'
import type { RunStore } from '../../src/runs/run-store.ts'
import type { Gate } from '../../src/testing.ts'

type CallName = Exclude<keyof RunStore, 'watch'>

/**
 * The behaviour of a call: immediate, failing, pending until aborted, or pending until the gate opens without reacting
 * to its signal.
 */
export type Manner = 'works' | 'fails' | 'hangs' | Gate

/** A call of the store, with the `seq` of its events. */
export interface RunStoreCall {
  readonly name: CallName
  readonly seqs: readonly number[]
}

/** A run store in memory; a test can observe, delay and fail its calls. */
export interface StagedRunStore extends RunStore {
  /** All calls so far, in order. */
  readonly calls: RunStoreCall[]
  /** Sets the behaviour of calls with this name from now on. */
  stage(name: CallName, manner: Manner): void
  /** The same for all calls. */
  stageAll(manner: Manner): void
  /** Drops all notifications from now on. */
  loseNotifications(): void
  /** The number of current watchers. */
  readonly watchers: number
  /** The calls with this name, as lists of `seq`. */
  writes(name: 'append' | 'end'): readonly (readonly number[])[]
}

/** Stages a store, or the view of one process on a store that others use too. */
export function stagedRunStore({
  clock,
  store = memoryRunStore({ clock }),
}: {
  readonly clock: Clock
  readonly store?: RunStore
}): StagedRunStore {
  const calls: RunStoreCall[] = []
  const manners = new Map<CallName, Manner>()
  let mannerOfAll: Manner | undefined
  let watchers = 0
  let silent = false

  async function perform<T>(
    call: { readonly name: CallName; readonly events?: readonly ChatEvent[]; readonly signal: AbortSignal },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { name, events = [], signal } = call
    calls.push({ name, seqs: events.map(({ seq }) => seq) })
    const manner = mannerOfAll ?? manners.get(name) ?? 'works'
    if (manner === 'works') return work(signal)
    if (manner === 'fails') throw new Error('connect ECONNREFUSED')
    if (manner === 'hangs') return untilAborted(new Promise<never>(() => {}), signal)
    await manner.pass()
    return work(new AbortController().signal)
  }

  return {
    calls,
    stage: (name, manner) => void manners.set(name, manner),
    stageAll: (manner) => void (mannerOfAll = manner),
    loseNotifications: () => void (silent = true),
    get watchers() {
      return watchers
    },
    writes: (name) => calls.filter((call) => call.name === name).map(({ seqs }) => seqs),
    begin: (run, { signal }) => perform({ name: 'begin', signal }, (signal) => store.begin(run, { signal })),
    append: (lease, events, { signal }) =>
      perform({ name: 'append', events, signal }, (signal) => store.append(lease, events, { signal })),
    end: (lease, events, { signal }) =>
      perform({ name: 'end', events, signal }, (signal) => store.end(lease, events, { signal })),
    read: (run, { signal, ...page }) =>
      perform({ name: 'read', signal }, (signal) => store.read(run, { ...page, signal })),
    status: (run, { signal }) => perform({ name: 'status', signal }, (signal) => store.status(run, { signal })),
    list: (scope, { signal }) => perform({ name: 'list', signal }, (signal) => store.list(scope, { signal })),
    requestStop: (run, { signal }) =>
      perform({ name: 'requestStop', signal }, (signal) => store.requestStop(run, { signal })),
    delete: (run, { signal }) => perform({ name: 'delete', signal }, (signal) => store.delete(run, { signal })),
    watch(run, onChange) {
      watchers += 1
      const unwatch = store.watch(run, (change) => void (silent || onChange(change)))
      return () => {
        watchers -= 1
        unwatch()
      }
    },
  }
}
