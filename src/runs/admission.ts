import { untilAborted } from '../core/async/abortable.ts'
import { tryAgain } from '../core/async/try-again.ts'
import { withTimeout } from '../core/async/with-timeout.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { callStore } from './call-store.ts'
import { createChangeSignal } from './change-signal.ts'
import type { LiveRun } from './live-run.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'
import type { BeginRunOutcome, NewRun, RunKey } from './run-store.ts'
import { createThreadQueue } from './thread-queue.ts'

/** The way of a run into the store. */
export interface Admission {
  /**
   * Begins a run, when its thread is free, or as the policy has it. `signal` ends the waiting, not the beginning. One that
   * the store did not confirm in time may have come to pass all the same: it holds its thread until its lease ends.
   *
   * @throws ChatError `store-unavailable`, or `too-many-runs` when too many wait for the thread; the signal's reason
   */
  begin(run: NewRun, signal: AbortSignal): Promise<BeginRunOutcome>
}

/** What an admission knows of the other runs. */
export interface OtherRuns {
  /** A run that this process produces. */
  find(run: RunKey): LiveRun | undefined
  stop(run: RunKey): Promise<unknown>
}

/** Opens the admission of a registry. */
export function createAdmission(options: ResolvedRunRegistryOptions, others: OtherRuns): Admission {
  const { store, clock, onThreadBusy, queueMs, storeMs, maxRunsPerScope } = options
  const queue = createThreadQueue({ maxLength: maxRunsPerScope })
  // A run that is interrupted saves its answer, and then its end.
  const patienceMs = onThreadBusy === 'interrupt' ? 2 * storeMs : queueMs

  // Not under the signal of whoever asks: a beginning that nobody waits for would hold its thread until the lease ends.
  function tryToBegin(run: NewRun): Promise<BeginRunOutcome> {
    // With one token for all calls, a beginning whose reply was lost is found again.
    const named = { ...run, token: run.token ?? crypto.randomUUID() }
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

  /** Waits until a run is over, or the time is. */
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
      const thread = JSON.stringify([run.scope, run.threadId])
      return queue.enter(thread, () => beginInTurn(run, { giveUpAt, signal }), { signal })
    },
  }
}

interface Patience {
  /** By the clock. */
  readonly giveUpAt: number
  readonly signal: AbortSignal
}
