import { withTimeout } from '../core/async/with-timeout.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { durationOption } from '../core/options/options-with-defaults.ts'
import { createAdmission } from './admission.ts'
import { createBufferMeter } from './buffer-meter.ts'
import { callStore } from './call-store.ts'
import type { LiveRun } from './live-run.ts'
import { createLiveRuns, shuttingDown } from './live-runs.ts'
import { overloaded } from './overload.ts'
import { createReaderPlaces } from './reader-places.ts'
import type { RunReader } from './run-log.ts'
import { resolveRunRegistryOptions, type RunRegistryOptions } from './run-registry-options.ts'
import type { ActiveRun } from '../core/vocabulary/active-run.ts'
import type { BeginRunOutcome, RunKey } from './run-store.ts'
import type { StopOutcome, StopResult } from '../core/vocabulary/stop-result.ts'
import { expectRun, type StartedRun, type StartRun, type StartRunOutcome } from './start-run.ts'
import { stopElsewhere, stopHere } from './stop-run.ts'
import { findStoredRun, readStoredRun, type StoredRunOutcome } from './stored-run.ts'

/** The options of calls that wait. */
export interface WaitOptions {
  /** Ends the wait. */
  readonly signal: AbortSignal
}

/** The options of {@link RunRegistry.drain}. */
export interface DrainOptions {
  /** Time in which the active runs may finish, in milliseconds. @defaultValue 25000 */
  readonly drainMs?: number | undefined
}

/**
 * Starts, reads and stops runs, of this process and of others. Every method may throw a {@link ChatError}
 * `store-unavailable`.
 */
export interface RunRegistry {
  /** The number of active runs of this process. */
  readonly active: number
  /**
   * Starts a run; resolves once it has emitted more than `start`. If the run exists already, the outcome attaches to it.
   * `signal` ends the wait for a place, but does not stop a run that has begun.
   *
   * @throws ChatError `too-many-runs`, `shutting-down`, or the error of a run that failed before it emitted more than
   * `start`; that run is deleted, so its id can be used again
   */
  start(run: StartRun, options: WaitOptions): Promise<StartRunOutcome>
  /**
   * Returns a reader of all events after `afterSeq` (-1 for all). It never starts a run.
   *
   * @throws ChatError `too-many-runs` as {@link StartedRun.read}
   */
  read(run: RunKey, options: WaitOptions & { readonly afterSeq: number }): Promise<StoredRunOutcome>
  /** Stops a run of any process and waits for its end, at most `storeMs`. */
  stop(run: RunKey, options: WaitOptions): Promise<StopResult>
  /** Returns the active runs of a scope, of all processes. */
  list(scope: string, options: WaitOptions): Promise<readonly ActiveRun[]>
  /**
   * Rejects new runs and waits for the active runs of this process. Runs that are active after `drainMs` fail with
   * `shutting-down`. Resolves when the end of the last run is saved.
   */
  drain(options?: DrainOptions): Promise<void>
}

/**
 * Creates the registry of a process; its handlers share it.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function createRunRegistry(options: RunRegistryOptions = {}): RunRegistry {
  const resolved = resolveRunRegistryOptions(options)
  const { store, clock, maxRuns, maxRunsPerScope, maxBufferedBytes, leaseMs } = resolved
  const meter = createBufferMeter()
  const places = createReaderPlaces(meter, resolved)
  const live = createLiveRuns(resolved, meter)
  const beginning = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const admission = createAdmission(resolved, { find: live.find, stop: askToStop, closing: closing.signal })

  async function start(run: StartRun, signal: AbortSignal): Promise<StartRunOutcome> {
    const here = live.find(run)
    if (here) return whenAdmitted(here, true)
    const begun = await beginIfRoom(run, signal)
    switch (begun.outcome) {
      case 'begun':
        return whenAdmitted(begun.run, false)
      case 'exists':
        return attach(run, signal)
      case 'thread-busy':
        return begun
      case 'too-many-runs':
        throw tooManyRuns(`The scope has ${maxRunsPerScope} runs (maxRunsPerScope)`)
      default:
        return begun satisfies never
    }
  }

  /** Begins a run, if this process has a place for it. */
  async function beginIfRoom(run: StartRun, signal: AbortSignal): Promise<BegunRun> {
    closing.signal.throwIfAborted()
    if (live.size + beginning.size >= maxRuns) throw tooManyRuns(`This process has ${maxRuns} runs (maxRuns)`)
    if (meter.bytes >= maxBufferedBytes) throw overloaded(maxBufferedBytes)
    const begun = begin(run, signal)
    beginning.add(begun)
    try {
      return await begun
    } finally {
      beginning.delete(begun)
    }
  }

  async function begin(run: StartRun, signal: AbortSignal): Promise<BegunRun> {
    const controller = new AbortController()
    const stream = run.open(controller.signal)
    const { scope, runId, threadId } = run
    const newRun = { scope, runId, ...(threadId !== undefined && { threadId }), leaseMs, maxActive: maxRunsPerScope }
    const begun = await admission.begin(newRun, signal)
    if (begun.outcome !== 'begun') return begun
    if (begun.stopRequested) controller.abort()
    return { outcome: 'begun', run: live.launch(begun.lease, { threadId, stream, controller }) }
  }

  /** Resolves once the run has emitted more than `start`; throws if it failed before that. */
  async function whenAdmitted(run: LiveRun, attached: boolean): Promise<StartedRun> {
    const failure = await run.admitted
    if (failure) throw failure
    return { outcome: 'started', attached, read: () => read(run, -1), ended: run.ended }
  }

  /** Attaches to a run that existed before. */
  async function attach(run: RunKey, signal: AbortSignal): Promise<StartedRun> {
    const here = live.find(run)
    if (here) return whenAdmitted(here, true)
    if ((await findStoredRun(run, -1, { ...resolved, signal })) !== 'readable') {
      throw new ChatError('The run has ended and its events are no longer stored', { code: 'run-expired' })
    }
    return {
      outcome: 'started',
      attached: true,
      read: () => readStored(run, -1),
      ended: Promise.resolve(),
    }
  }

  function read(run: LiveRun, afterSeq: number): RunReader {
    return run.read(afterSeq, places.take(run).leave)
  }

  function readStored(run: RunKey, afterSeq: number): RunReader {
    const { hold, leave } = places.take(run)
    return readStoredRun(run, afterSeq, { ...resolved, hold, onClose: leave })
  }

  async function askToStop(run: RunKey): Promise<StopOutcome> {
    return live.find(run)?.stop() ?? callStore((signal) => store.requestStop(run, { signal }), resolved)
  }

  async function untilIdle(): Promise<void> {
    while (live.size + beginning.size > 0) {
      await Promise.allSettled([...beginning, live.ended()])
    }
  }

  async function untilSettled(): Promise<void> {
    await untilIdle()
    await live.settled()
  }

  return {
    get active() {
      return live.size
    },
    async start(run, { signal }) {
      expectRun(run)
      return start(run, signal)
    },
    async read(run, { afterSeq, signal }) {
      const here = live.find(run)
      if (here) return { outcome: 'reading', reader: read(here, afterSeq) }
      const found = await findStoredRun(run, afterSeq, { ...resolved, signal })
      return found === 'readable' ? { outcome: 'reading', reader: readStored(run, afterSeq) } : { outcome: found }
    },
    async stop(run, { signal }) {
      const here = live.find(run)
      return here ? stopHere(here, { ...resolved, signal }) : stopElsewhere(run, { ...resolved, signal })
    },
    list: (scope, { signal }) => callStore((signal) => store.list(scope, { signal }), resolved, signal),
    async drain(options = {}) {
      expectOptions(options, DRAIN_OPTIONS, { of: 'drain' })
      const ms = durationOption('drainMs', options.drainMs, 25_000)
      const { signal } = new AbortController()
      closing.abort(shuttingDown())
      try {
        await withTimeout(untilSettled, { ms, clock, signal, onTimeout: shuttingDown })
      } catch {
        // Only the timeout can be thrown here.
        live.shutDown()
        await untilIdle()
      }
    },
  }
}

const DRAIN_OPTIONS: OptionNames<DrainOptions> = { drainMs: true }

/** The outcome of beginning a run, with the run if it has begun. */
type BegunRun =
  | { readonly outcome: 'begun'; readonly run: LiveRun }
  | Exclude<BeginRunOutcome, { readonly outcome: 'begun' }>

function tooManyRuns(message: string): ChatError {
  return new ChatError(message, { code: 'too-many-runs' })
}
