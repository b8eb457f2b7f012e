import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import { createRunRegistry, type RunRegistry, type StartRunOutcome } from '../../src/runs/run-registry.ts'
import type { RunRegistryOptions } from '../../src/runs/run-registry-options.ts'
import { manualClock } from '../../src/testing.ts'
import { drivenRun, type DrivenRun } from '../support/driven-run.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'

/** A run of these tests: user, id and thread. */
export interface TestRun {
  readonly scope?: string
  readonly runId?: string
  readonly threadId?: string
}

/** A run that was asked for: the hands on its stream, and what the start comes to. */
export interface TestStart {
  readonly run: DrivenRun
  readonly outcome: Promise<StartRunOutcome>
  readonly controller: AbortController
}

/** Some processes that share one store. All of it runs on one clock, and nothing may be left in the end. */
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

    /** Asks for a run. */
    function start({ scope = 'ann', runId = 'r1', ...thread }: TestRun = {}, run = drivenRun()): TestStart {
      const controller = new AbortController()
      controllers.push(controller)
      const outcome = runs.start({ scope, runId, ...thread, open: run.open }, { signal: controller.signal })
      // A failure may be there before the test asks for it.
      outcome.catch(() => {})
      return { run, outcome, controller }
    }

    /** Asks for a run that begins at once. */
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
      /** Only what became of it in one word. */
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
