import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { createEventLog } from './event-log.ts'
import type { ActiveRun } from '../../core/vocabulary/active-run.ts'
import { keyOf } from '../key-of.ts'
import type { NewRun, RunKey, RunLease, RunPage, RunState, RunStatus } from '../run-store.ts'
import type { StopOutcome } from '../../core/vocabulary/stop-result.ts'

/** One run of the memory store. */
export interface MemoryRun extends RunKey {
  /** Its key in a map. */
  readonly key: string
  /** The lease of its producer. */
  readonly lease: RunLease
  /** Returns the current state. */
  state(): RunState
  /** Its entry in a list of runs. */
  readonly summary: ActiveRun
  /** Returns the current status. */
  status(): RunStatus
  /** Returns the time of the clock at which it ended, or at which its lease expires. */
  inactiveFrom(): number
  /** Appends events and renews the lease. */
  append(events: readonly ChatEvent[], leaseMs: number): void
  /** Appends the last events and ends the run; does nothing if it has ended. */
  end(events: readonly ChatEvent[]): void
  /** Returns a page of events. */
  read(afterSeq: number, limit: number): RunPage
  /** Requests a stop. */
  requestStop(): StopOutcome
  /** Ends the lease permanently, because another run begins in the thread. */
  fence(): void
}

/** The options of {@link createMemoryRun}. */
export interface MemoryRunOptions {
  /** Token of the lease. */
  readonly token: string
  /** True if a stop was requested before the run began. */
  readonly stopRequested: boolean
  /** Maximum number of stored events. */
  readonly maxEvents: number
  /** Measures the lease. */
  readonly clock: Clock
}

/** Creates a run whose lease starts now. */
export function createMemoryRun(run: NewRun, options: MemoryRunOptions): MemoryRun {
  const { scope, runId, leaseMs } = run
  const { token, maxEvents, clock } = options
  const thread = run.threadId !== undefined && { threadId: run.threadId }
  const summary: ActiveRun = { runId, ...thread, startedAt: Date.now() }
  const log = createEventLog(maxEvents)
  let { stopRequested } = options
  let leaseUntil = clock.now() + leaseMs
  let endedAt: number | undefined
  let fenced = false
  let readAt: number | undefined

  function state(): RunState {
    if (endedAt !== undefined) return 'ended'
    return clock.now() < leaseUntil ? 'running' : 'lost'
  }

  // An expired lease is accepted, because this write renews it.
  function add(events: readonly ChatEvent[]): void {
    if (endedAt !== undefined || fenced) {
      throw new ChatError('Cannot write to the run: it has ended, or another run has begun in its thread', {
        code: 'store-conflict',
      })
    }
    log.add(events)
  }

  return {
    scope,
    runId,
    key: keyOf(run),
    lease: { scope, runId, token, leaseMs },
    summary,
    state,
    status() {
      const read = readAt !== undefined && { readMsAgo: clock.now() - readAt }
      return { state: state(), ...thread, lastSeq: log.lastSeq(), stopRequested, ...read }
    },
    inactiveFrom: () => endedAt ?? leaseUntil,
    append(events, leaseMs) {
      add(events)
      leaseUntil = clock.now() + leaseMs
    },
    end(events) {
      if (endedAt !== undefined) return
      add(events)
      endedAt = clock.now()
    },
    read(afterSeq, limit) {
      readAt = clock.now()
      return { state: state(), events: log.read(afterSeq, limit), firstSeq: log.firstSeq(), lastSeq: log.lastSeq() }
    },
    requestStop() {
      if (endedAt !== undefined) return 'already-ended'
      stopRequested = true
      return state() === 'running' ? 'stopping' : 'already-ended'
    },
    fence() {
      fenced = true
      leaseUntil = Math.min(leaseUntil, clock.now())
    },
  }
}
