import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { createEventLog } from './event-log.ts'
import type { ActiveRun, NewRun, RunKey, RunLease, RunPage, RunState, RunStatus, StopOutcome } from '../run-store.ts'

/** One run of the memory store. */
export interface MemoryRun extends RunKey {
  readonly lease: RunLease
  readonly state: RunState
  /** What a list says of it. */
  readonly summary: ActiveRun
  readonly status: RunStatus
  /** When it was over, or will be if nothing more is heard of its producer, by the clock. */
  readonly overAt: number
  /** Logs events and renews the lease. */
  append(events: readonly ChatEvent[], leaseMs: number): void
  /** Logs the last events and ends it; does nothing when it has ended. */
  end(events: readonly ChatEvent[]): void
  read(afterSeq: number, limit: number): RunPage
  requestStop(): StopOutcome
  /** Takes the run from its producer for good, because another one has its thread. */
  fence(): void
}

/** What a {@link MemoryRun} begins with. */
export interface MemoryRunOptions {
  readonly token: string
  readonly stopRequested: boolean
  readonly maxEvents: number
  readonly clock: Clock
}

/** Begins a run, which lives as long as its lease is renewed. */
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

  // A lease that has run out is no reason to refuse: its holder takes it back.
  function add(events: readonly ChatEvent[]): void {
    if (endedAt !== undefined || fenced) {
      throw new ChatError('Cannot write a run that is over', { code: 'store-conflict' })
    }
    log.add(events)
  }

  return {
    scope,
    runId,
    lease: { scope, runId, token, leaseMs },
    summary,
    get state() {
      return state()
    },
    get status() {
      const read = readAt !== undefined && { readMsAgo: clock.now() - readAt }
      return { state: state(), ...thread, lastSeq: log.lastSeq, stopRequested, ...read }
    },
    get overAt() {
      return endedAt ?? leaseUntil
    },
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
      return { state: state(), events: log.read(afterSeq, limit), firstSeq: log.firstSeq, lastSeq: log.lastSeq }
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
