import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import { createRunRegistry, type RunRegistry } from '../../src/runs/run-registry.ts'
import type { StartRunOutcome } from '../../src/runs/start-run.ts'
import type { RunRegistryOptions } from '../../src/runs/run-registry-options.ts'
import { manualClock } from '../../src/testing.ts'
import { drivenRun, type DrivenRun } from '../support/driven-run.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'

/** The user, the id and the thread of a run in these tests. */
export interface TestRun {
  readonly scope?: string
  readonly runId?: string
  readonly threadId?: string
}

/** A requested run: the controls of its stream, and the outcome of the start. */
export interface TestStart {
  readonly run: DrivenRun
  readonly outcome: Promise<StartRunOutcome>
  readonly controller: AbortController
}

/** Several processes that share one store and one clock; nothing may remain at the end. */
export function openProcesses() {
  const clock = manualClock()
  const shared = memoryRunStore({ clock })
  const controllers: AbortController[] = []
  const stores: ReturnType<typeof stagedRunStore>[] = []
  const registries: RunRegistry[] = []

  /** Opens a process. */
  function open(options: RunRegistryOptions = {}) {
    const store = stagedRunStore({ clock, store: shared })
    const errors: string[] = []
    const runs = createRunRegistry({ store, clock, onError: ({ code }) => errors.push(code), ...options })
    stores.push(store)
    registries.push(runs)

    function signal(): AbortSignal {
      const controller = new AbortController()
      controllers.push(controller)
      return controller.signal
    }

    const stop = ({ scope = 'ann', runId = 'r1' }: TestRun = {}) => runs.stop({ scope, runId }, { signal: signal() })

    /** Requests a run. */
    function start({ scope = 'ann', runId = 'r1', ...thread }: TestRun = {}, run = drivenRun()): TestStart {
      const controller = new AbortController()
      controllers.push(controller)
      const outcome = runs.start({ scope, runId, ...thread, open: run.open }, { signal: controller.signal })
      // The promise may reject before the test awaits it.
      outcome.catch(() => {})
      return { run, outcome, controller }
    }

    /** Requests a run that starts at once. */
    async function begin(ids: TestRun = {}) {
      const { run, outcome } = start(ids)
      run.begin()
      const started = await outcome
      if (started.outcome !== 'started') return expect.fail(`It did not start: ${started.outcome}`)
      return { run, started }
    }

    return {
      runs,
      store,
      errors,
      start,
      begin,
      stop,
      /** Returns only the outcome. */
      stopOutcome: async (run?: TestRun) => (await stop(run)).outcome,
      read: ({ scope = 'ann', runId = 'r1' }: TestRun = {}, afterSeq = -1) =>
        runs.read({ scope, runId }, { afterSeq, signal: signal() }),
    }
  }

  /** Nothing may remain: no run, no timer, no watcher, no listener. */
  function expectClean(): void {
    const listeners = controllers.flatMap(({ signal }) => getEventListeners(signal, 'abort'))
    expect({
      runs: registries.map(({ active }) => active),
      timers: clock.pending,
      watchers: stores.map(({ watchers }) => watchers),
      listeners,
    }).toEqual({ runs: registries.map(() => 0), timers: 0, watchers: stores.map(() => 0), listeners: [] })
  }

  return { clock, shared, open, expectClean }
}

/** Reads in the background. */
export function tail(reader: AsyncIterable<ChatEvent>) {
  const iterator = reader[Symbol.asyncIterator]()
  const events: ChatEvent[] = []
  const ended = (async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value)
  })()
  return { events, ended, leave: () => iterator.return?.() }
}
