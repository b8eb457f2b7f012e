import { ChatError } from '../core/vocabulary/chat-error.ts'
import type { BufferMeter } from './buffer-meter.ts'
import { startLiveRun, type LiveRun, type LiveRunOptions } from './live-run.ts'
import { keyOf } from './key-of.ts'
import type { ResolvedRunRegistryOptions } from './run-registry-options.ts'
import type { RunKey, RunLease } from './run-store.ts'
import { createRunWriter } from './run-writer.ts'
import { createUnreadPolicy } from './unread-policy.ts'

/** The stream of a run, with the controller that aborts it. */
export type ProducedRun = Pick<LiveRunOptions, 'stream' | 'controller'> & {
  /** The thread of the run, if it has one. */
  readonly threadId?: string | undefined
}

/** The runs of this process. */
export interface LiveRuns {
  /** The number of active runs. */
  readonly size: number
  /** Returns a run that is active, or whose end is still being saved. */
  find(key: RunKey): LiveRun | undefined
  /** Starts a run that has begun in the store. It is written to the store and follows its stops and the disconnect policy. */
  launch(lease: RunLease, produced: ProducedRun): LiveRun
  /** Ends all current and later runs as `shutting-down`. */
  shutDown(): void
  /** Resolves when all current runs have ended. */
  ended(): Promise<unknown>
  /** Resolves when the ends of all ended runs are saved or given up. */
  settled(): Promise<unknown>
}

/** Creates an empty list of runs. */
export function createLiveRuns(options: ResolvedRunRegistryOptions, meter: BufferMeter): LiveRuns {
  const { store, onError } = options
  const live = new Map<string, LiveRun>()
  const settling = new Map<string, { readonly run: LiveRun; readonly settled: Promise<void> }>()
  // Also a run that another one with its id has replaced in `live`.
  const active = new Set<LiveRun>()
  let closing = false

  function settle(run: LiveRun, settled: Promise<void>): void {
    const key = keyOf(run)
    const entry = { run, settled }
    settling.set(key, entry)
    void settled.then(() => {
      if (settling.get(key) === entry) settling.delete(key)
    })
  }

  function launch(lease: RunLease, { threadId, ...produced }: ProducedRun): LiveRun {
    const { scope, runId } = lease
    const key = keyOf(lease)
    const policy = createUnreadPolicy(() => run, options)
    const run = startLiveRun({
      scope,
      runId,
      ...produced,
      createWriter: (events, stop) =>
        createRunWriter({
          ...options,
          lease,
          threadId,
          events,
          onStopRequested: () => void stop(),
          onLost: () => void stop(leaseLost()),
        }),
      hold: meter.hold(),
      onUnread: () => policy.onUnread(),
      onEnd(settled) {
        if (live.get(key) === run) live.delete(key)
        if (settled) settle(run, settled)
        active.delete(run)
        policy.dispose()
        unwatch()
      },
      onError,
    })
    const unwatch = store.watch(lease, (change) => void (change === 'stop' && run.stop()))
    live.set(key, run)
    active.add(run)
    if (closing) run.stop(shuttingDown())
    return run
  }

  return {
    get size() {
      return live.size
    },
    find(run) {
      const key = keyOf(run)
      return live.get(key) ?? settling.get(key)?.run
    },
    launch,
    shutDown() {
      closing = true
      for (const run of active) run.stop(shuttingDown())
    },
    ended: () => Promise.all([...live.values()].map(({ ended }) => ended)),
    settled: () => Promise.all([...settling.values()].map(({ settled }) => settled)),
  }
}

/** Creates the error with which a process rejects and ends runs while it shuts down. */
export function shuttingDown(): ChatError {
  return new ChatError('The process is shutting down', { code: 'shutting-down' })
}

function leaseLost(): ChatError {
  return new ChatError('Another run began in the thread while the store was unavailable', { code: 'producer-lost' })
}
