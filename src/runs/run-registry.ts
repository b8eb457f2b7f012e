import { withTimeout } from '../core/async/with-timeout.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { durationOption, expectFunction, expectId } from '../core/options/validate.ts'
import { createAdmission } from './admission.ts'
import { createBufferMeter } from './buffer-meter.ts'
import { callStore } from './call-store.ts'
import type { LiveRun } from './live-run.ts'
import { createLiveRuns, shuttingDown } from './live-runs.ts'
import { overloaded } from './overload.ts'
import { createReaderPlaces } from './reader-places.ts'
import type { RunReader } from './run-log.ts'
import { resolveRunRegistryOptions, type RunRegistryOptions } from './run-registry-options.ts'
import type { ActiveRun, BeginRunOutcome, RunKey, StopOutcome } from './run-store.ts'
import { stopElsewhere, stopHere, type StopResult } from './stop-result.ts'
import { findStoredRun, readStoredRun, type StoredRunOutcome } from './stored-run.ts'
import { underEither } from './under-either.ts'

/** A run to start. */
export interface StartRun extends RunKey {
  readonly threadId?: string | undefined
  /**
   * Opens the stream of the run, such as a call of `streamChat`: at once, so that it can refuse its options, and before
   * anything is paid for. It must do nothing until it is read, and come to its end when the signal fires.
   */
  readonly open: (signal: AbortSignal) => AsyncIterable<ChatEvent>
}

/** A run that has begun its work. */
export interface StartedRun {
  readonly outcome: 'started'
  /** True if it was there before. */
  readonly attached: boolean
  /**
   * Opens a reader of all of it. The run is only left by those who have read it.
   *
   * @throws ChatError `too-many-runs` when it has as many readers as it may have, or the process holds too much
   */
  read(): RunReader
  /** Resolves when the run is over, as far as this process produces it. */
  readonly ended: Promise<void>
}

/** What a start comes to. */
export type StartRunOutcome =
  | StartedRun
  /** Another run of the thread is going on. */
  | { readonly outcome: 'thread-busy'; readonly runId: string }

/** What ends a wait. */
export interface WaitOptions {
  readonly signal: AbortSignal
}

/** How long a drain may take. */
export interface DrainOptions {
  /** How long the runs may go on, in milliseconds. @defaultValue 25000 */
  readonly drainMs?: number | undefined
}

/**
 * The runs of this process, and the way to those of the others. Every method may throw a {@link ChatError}
 * `store-unavailable`.
 */
export interface RunRegistry {
  /** How many runs this process produces. */
  readonly active: number
  /**
   * Starts a run, and resolves when it has begun its work; a run that is there already is only read. `signal` ends the
   * wait for a place: a run that has one goes on, and whoever started it reads and leaves it.
   *
   * @throws ChatError `too-many-runs`, `shutting-down`, or what the run failed with before it had begun its work: such a
   * run is forgotten, and its id can be used again
   */
  start(run: StartRun, options: WaitOptions): Promise<StartRunOutcome>
  /**
   * Opens a reader of everything after `afterSeq` (-1 for all). It never starts anything.
   *
   * @throws ChatError `too-many-runs` as {@link StartedRun.read}
   */
  read(run: RunKey, options: WaitOptions & { readonly afterSeq: number }): Promise<StoredRunOutcome>
  /** Stops a run, wherever it is produced, and waits for its end, at most `storeMs`: the result says what it came to. */
  stop(run: RunKey, options: WaitOptions): Promise<StopResult>
  /** The runs of a scope that are going on, wherever they are produced. */
  list(scope: string, options: WaitOptions): Promise<readonly ActiveRun[]>
  /**
   * Takes no more runs, lets those of this process end, and makes the rest fail with `shutting-down` when the time is up.
   * Resolves when the last one is kept.
   */
  drain(options?: DrainOptions): Promise<void>
}

/**
 * Opens a registry: one for a process, shared by its handlers.
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
  const admission = createAdmission(resolved, { find: live.find, stop: askToStop })

  async function start(run: StartRun, signal: AbortSignal): Promise<StartRunOutcome> {
    const here = live.find(run)
    if (here) return open(here, true)
    const begun = await takeIn(run, signal)
    switch (begun.outcome) {
      case 'begun':
        return open(begun.run, false)
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
  async function takeIn(run: StartRun, signal: AbortSignal): Promise<BegunRun> {
    closing.signal.throwIfAborted()
    if (live.size + beginning.size >= maxRuns) throw tooManyRuns(`This process has ${maxRuns} runs (maxRuns)`)
    if (meter.bytes >= maxBufferedBytes) throw overloaded(maxBufferedBytes)
    const begun = underEither(signal, closing.signal, (signal) => begin(run, signal))
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

  /** Waits until a run of this process is past the door. */
  async function open(run: LiveRun, attached: boolean): Promise<StartedRun> {
    const failure = await run.admitted
    if (failure) throw failure
    return { outcome: 'started', attached, read: () => read(run, -1), ended: run.ended }
  }

  /** Reads a run that was there before. */
  async function attach(run: RunKey, signal: AbortSignal): Promise<StartedRun> {
    const here = live.find(run)
    if (here) return open(here, true)
    if ((await findStoredRun(run, -1, { ...resolved, signal })) !== 'readable') {
      throw new ChatError('The run was there before, and can no longer be read', { code: 'run-expired' })
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
    return readStoredRun(run, afterSeq, { ...resolved, hold, onOver: leave })
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
        // The time is up, and nothing else can be thrown.
        live.shutDown()
        await untilIdle()
      }
    },
  }
}

const DRAIN_OPTIONS: OptionNames<DrainOptions> = { drainMs: true }
const START_RUN: OptionNames<StartRun> = { scope: true, runId: true, threadId: true, open: true }

function expectRun(run: StartRun): void {
  expectOptions(run, START_RUN, { of: 'start' })
  for (const field of ['scope', 'runId'] as const) {
    if (expectId(field, run[field]) === undefined) throw invalidInput(field, `Cannot start a run without ${field}`)
  }
  expectId('threadId', run.threadId)
  expectFunction('open', run.open)
}

/** A beginning, and the run where one came of it. */
type BegunRun =
  | { readonly outcome: 'begun'; readonly run: LiveRun }
  | Exclude<BeginRunOutcome, { readonly outcome: 'begun' }>

function tooManyRuns(message: string): ChatError {
  return new ChatError(message, { code: 'too-many-runs' })
}
