import { equal, fail, ok } from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { isChatError } from '../../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../../core/vocabulary/events.ts'
import type {
  AppendOutcome,
  BeginRunOutcome,
  NewRun,
  RunChange,
  RunKey,
  RunLease,
  RunStore,
} from '../../../runs/run-store.ts'
import { deepFreeze, promptly, type ContractRunner, type ContractSubject } from '../contract-runner.ts'

/** A store under test, initially empty. */
export interface RunStoreSubject extends ContractSubject {
  /** The store. */
  readonly store: RunStore
  /** Advances the clock of the store. Without it, the checks wait in real time. */
  advance?(ms: number): Promise<void> | void
}

/** The methods of a store, each with defaults and the time limit, and with frozen arguments. */
export interface RunStoreCalls {
  /** The store. */
  readonly store: RunStore
  /** The signal of all calls; it never aborts. */
  readonly signal: AbortSignal
  /** Calls `begin`. */
  begin(run?: Partial<NewRun>): Promise<BeginRunOutcome>
  /** Begins a new run. */
  lease(run?: Partial<NewRun>): Promise<RunLease>
  /** Calls `append`. */
  append(lease: RunLease, events: readonly ChatEvent[]): Promise<AppendOutcome>
  /** Calls `end`. */
  end(lease: RunLease, events: readonly ChatEvent[]): Promise<void>
  /** Calls `read`. */
  read(
    run?: Partial<RunKey>,
    page?: { readonly afterSeq?: number; readonly limit?: number },
  ): ReturnType<RunStore['read']>
  /** Calls `status`. */
  status(run?: Partial<RunKey>): ReturnType<RunStore['status']>
  /** The ids of the active runs, the latest first. */
  running(scope?: string): Promise<readonly string[]>
  /** Calls `requestStop`. */
  stop(run?: Partial<RunKey>): ReturnType<RunStore['requestStop']>
  /** Calls `delete`. */
  remove(run?: Partial<RunKey>): Promise<boolean>
  /** Calls `watch` for the default run. */
  watch(onChange: (change: RunChange) => void): () => void
  /** Waits until every call has settled. */
  settled<T>(calls: readonly Promise<T>[]): Promise<readonly PromiseSettledResult<T>[]>
  /** Lets time pass until a condition is true. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>
}

/** Declares a check of a store. */
export type RunStoreCheck = (name: string, body: (calls: RunStoreCalls) => Promise<void>) => void

/** The default run of a check. */
export const RUN: RunKey = { scope: 'ann', runId: 'r1' }

/**
 * A lease that expires within a check, in milliseconds. A check does everything that must precede its expiry in one
 * step.
 */
export const SHORT_LEASE_MS = 250

const LONG_LEASE_MS = 60_000
const STEP_MS = 20
const LONGEST_WAIT_MS = 2_000

/** Creates the calls of the store of a subject. */
export function callsOf(runner: ContractRunner, { store, advance }: RunStoreSubject): RunStoreCalls {
  const { signal } = new AbortController()
  const options = Object.freeze({ signal })
  // The steps of a manual clock take no real time, so the limit of the runner does not apply.
  const patienceMs = advance ? LONGEST_WAIT_MS : (runner.timeLimitMs ?? LONGEST_WAIT_MS)
  const keyOf = (run?: Partial<RunKey>): RunKey => Object.freeze({ ...RUN, ...run })

  function begin(run?: Partial<NewRun>): Promise<BeginRunOutcome> {
    const begun = Object.freeze({ ...RUN, leaseMs: LONG_LEASE_MS, maxActive: 1_000, ...run })
    return promptly(runner, store.begin(begun, options), 'begin()')
  }

  return {
    store,
    signal,
    begin,
    async lease(run) {
      const begun = await begin(run)
      return begun.outcome === 'begun' ? deepFreeze(begun.lease) : fail(`the run did not begin: ${begun.outcome}`)
    },
    append: (lease, events) => promptly(runner, store.append(lease, deepFreeze(events), options), 'append()'),
    end: (lease, events) => promptly(runner, store.end(lease, deepFreeze(events), options), 'end()'),
    read(run, { afterSeq = -1, limit = 1_000 } = {}) {
      return promptly(runner, store.read(keyOf(run), Object.freeze({ afterSeq, limit, signal })), 'read()')
    },
    status: (run) => promptly(runner, store.status(keyOf(run), options), 'status()'),
    async running(scope = RUN.scope) {
      const runs = await promptly(runner, store.list(scope, options), 'list()')
      return runs.map(({ runId }) => runId)
    },
    stop: (run) => promptly(runner, store.requestStop(keyOf(run), options), 'requestStop()'),
    remove: (run) => promptly(runner, store.delete(keyOf(run), options), 'delete()'),
    watch: (onChange) => store.watch(RUN, onChange),
    settled: (calls) => promptly(runner, Promise.allSettled(calls), 'Every call'),
    async until(what, isSo) {
      for (let waited = 0; !(await isSo()); waited += STEP_MS) {
        ok(waited < patienceMs, `${what} did not come in time`)
        await (advance ? advance(STEP_MS) : sleep(STEP_MS))
      }
    },
  }
}

/** Fails unless a call rejects with `store-conflict`. */
export async function refuses(call: Promise<unknown>): Promise<void> {
  const thrown: unknown = await call.then(
    () => fail('the call was not refused'),
    (thrown: unknown) => thrown,
  )
  ok(isChatError(thrown), `the call did not fail with a ChatError: ${String(thrown)}`)
  equal(thrown.code, 'store-conflict')
}

/** Returns the events of a run from one `seq` to another, both included. */
export function eventsOf(first: number, last: number): readonly ChatEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => eventOf(first + index))
}

/** Returns the last event of a run. */
export function terminal(seq: number): ChatEvent {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3, phases: {} }
  const empty = { sources: [], citations: [], warnings: [], timings: { total: 12 } }
  return { type: 'done', seq, finishReason: 'stop', answer: 'x', ...empty, usage, saved: true }
}

function eventOf(seq: number): ChatEvent {
  if (seq === 0) return { type: 'start', seq, v: 1, runId: RUN.runId, messageId: 'm1' }
  return { type: 'token', seq, delta: 'x', at: seq - 1 }
}
