import { untilAborted } from '../core/async/abortable.ts'
import { tryAgain } from '../core/async/try-again.ts'
import { withTimeout } from '../core/async/with-timeout.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { callStore } from './call-store.ts'
import { createChangeSignal } from './change-signal.ts'
import { keyIn } from './key-of.ts'
import type { LiveRun } from './live-run.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'
import { flatten } from '../core/vocabulary/result-fold.ts'
import type { BeginRunOutcome, NewRun, RunKey } from './run-store.ts'
import { createThreadQueue } from './thread-queue.ts'
import { underEither } from './under-either.ts'

/** Begins runs in the store, by the policy for busy threads. */
export interface Admission {
  /**
   * Begins a run when its thread is free, or as the policy for busy threads allows. `signal` ends the wait for the
   * thread, but not a call to the store. If that call times out, the run may still have begun; then it blocks its
   * thread until its lease expires.
   *
   * @throws ChatError `store-unavailable`, or `too-many-runs` when too many runs wait for the thread; the reason of
   * `signal`
   */
  begin(run: NewRun, signal: AbortSignal): Promise<BeginRunOutcome>
}

/** The process of the registry, with the runs that may block a thread. */
export interface RunProcess {
  /** Returns a run of this process, or `undefined`. */
  find(run: RunKey): LiveRun | undefined
  /** Requests a stop of a run of any process. */
  stop(run: RunKey): Promise<unknown>
  /** Fires when the process shuts down: then no run waits for a thread any longer. */
  readonly closing: AbortSignal
}

/** Creates the admission of a registry. */
export function createAdmission(options: ResolvedRunRegistryOptions, others: RunProcess): Admission {
  const { store, clock, onThreadBusy, queueMs, storeMs, maxRunsPerScope } = options
  const queue = createThreadQueue({ maxLength: maxRunsPerScope })
  // An interrupted run makes two more calls to stores: it saves its answer, then its end.
  const patienceMs = onThreadBusy === 'interrupt' ? 2 * storeMs : queueMs

  // Without the caller's signal: an aborted `begin` could still succeed and block the thread until the lease expires.
  function tryToBegin(run: NewRun): Promise<BeginRunOutcome> {
    // One token for all attempts, so that a repeated call finds the run whose reply was lost. Node puts an id together from 20
    // pieces, and the store would keep all of them.
    const named = { ...run, token: run.token ?? flatten(crypto.randomUUID()) }
    const begin = (signal: AbortSignal): Promise<BeginRunOutcome> =>
      tryAgain(() => store.begin(named, { signal }), { clock, signal, pausesMs: [0] })
    return callStore(begin, options)
  }

  async function beginInTurn(run: NewRun, { giveUpAt, signal }: Patience): Promise<BeginRunOutcome> {
    for (;;) {
      const begun = await tryToBegin(run)
      const leftMs = giveUpAt - clock.now()
      if (begun.outcome !== 'thread-busy' || leftMs <= 0) return begun
      const running = { scope: run.scope, runId: begun.runId }
      if (onThreadBusy === 'interrupt') await others.stop(running)
      await waitForEnd(running, leftMs, signal)
    }
  }

  /** Waits until a run has ended, at most `ms`. */
  async function waitForEnd(run: RunKey, ms: number, signal: AbortSignal): Promise<void> {
    const timeUp = new ChatError('The thread is still busy', { code: 'thread-busy' })
    try {
      await withTimeout((signal) => untilEnded(run, signal), { ms, clock, signal, onTimeout: () => timeUp })
    } catch (thrown) {
      if (thrown !== timeUp) throw thrown
    }
  }

  async function untilEnded(run: RunKey, signal: AbortSignal): Promise<void> {
    const here = others.find(run)
    if (here) return untilAborted(here.ended, signal)
    const change = createChangeSignal(options)
    const unwatch = store.watch(run, change.notify)
    try {
      while (await isRunning(run, signal)) await change.wait(signal)
    } finally {
      unwatch()
    }
  }

  async function isRunning(run: RunKey, signal: AbortSignal): Promise<boolean> {
    const status = await callStore((signal) => store.status(run, { signal }), options, signal)
    return status?.state === 'running'
  }

  return {
    async begin(run, signal) {
      signal.throwIfAborted()
      if (onThreadBusy === 'reject' || run.threadId === undefined) return tryToBegin(run)
      const giveUpAt = clock.now() + patienceMs
      const thread = keyIn(run.scope, run.threadId)
      return underEither(signal, others.closing, (signal) =>
        queue.enter(thread, () => beginInTurn(run, { giveUpAt, signal }), { signal }),
      )
    },
  }
}

interface Patience {
  /** Time of the clock after which the run is rejected. */
  readonly giveUpAt: number
  readonly signal: AbortSignal
}
