import type { Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { createEventLog, type EventLog } from './event-log.ts'
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
  /** Appends events and renews the lease; `write` adds the events to the log. */
  append(write: LogWrite, leaseMs: number): void
  /** Appends the last events and ends the run; does nothing if it has ended. */
  end(write: LogWrite): void
  /** Returns a page of events. */
  read(afterSeq: number, limit: number): RunPage
  /** Requests a stop. */
  requestStop(): StopOutcome
  /** Ends the lease permanently, because another run begins in the thread. */
  fence(): void
}

/** Adds events to the log of a run. */
export type LogWrite = (log: EventLog) => void

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
  const { scope, runId, threadId, leaseMs } = run
  const { token, stopRequested, maxEvents, clock } = options
  const created: StoredRun = {
    scope,
    runId,
    key: keyOf(run),
    lease: { scope, runId, token, leaseMs },
    summary: { runId, ...(threadId !== undefined && { threadId }), startedAt: Date.now() },
    clock,
    log: createEventLog(maxEvents),
    stopRequested,
    leaseUntil: clock.now() + leaseMs,
    endedAt: undefined,
    readAt: undefined,
    isFenced: false,
    state,
    status,
    inactiveFrom,
    append,
    end,
    read,
    requestStop,
    fence,
  }
  return created
}

/** A run with its state, and functions that all runs share. */
interface StoredRun extends MemoryRun {
  readonly clock: Clock
  readonly log: EventLog
  stopRequested: boolean
  leaseUntil: number
  endedAt: number | undefined
  readAt: number | undefined
  isFenced: boolean
}

function state(this: StoredRun): RunState {
  if (this.endedAt !== undefined) return 'ended'
  return this.clock.now() < this.leaseUntil ? 'running' : 'lost'
}

function status(this: StoredRun): RunStatus {
  const { clock, log, readAt, stopRequested } = this
  const { threadId } = this.summary
  return {
    state: this.state(),
    ...(threadId !== undefined && { threadId }),
    lastSeq: log.lastSeq(),
    stopRequested,
    ...(readAt !== undefined && { readMsAgo: clock.now() - readAt }),
  }
}

function inactiveFrom(this: StoredRun): number {
  return this.endedAt ?? this.leaseUntil
}

function append(this: StoredRun, write: LogWrite, leaseMs: number): void {
  add(this, write)
  this.leaseUntil = this.clock.now() + leaseMs
}

function end(this: StoredRun, write: LogWrite): void {
  if (this.endedAt !== undefined) return
  add(this, write)
  this.endedAt = this.clock.now()
}

// An expired lease is accepted, because this write renews it.
function add({ endedAt, isFenced, log }: StoredRun, write: LogWrite): void {
  if (endedAt !== undefined || isFenced) {
    throw new ChatError('Cannot write to the run: it has ended, or another run has begun in its thread', {
      code: 'store-conflict',
    })
  }
  write(log)
}

function read(this: StoredRun, afterSeq: number, limit: number): RunPage {
  const { clock, log } = this
  this.readAt = clock.now()
  return { state: this.state(), events: log.read(afterSeq, limit), firstSeq: log.firstSeq(), lastSeq: log.lastSeq() }
}

function requestStop(this: StoredRun): StopOutcome {
  if (this.endedAt !== undefined) return 'already-ended'
  this.stopRequested = true
  return this.state() === 'running' ? 'stopping' : 'already-ended'
}

function fence(this: StoredRun): void {
  this.isFenced = true
  this.leaseUntil = Math.min(this.leaseUntil, this.clock.now())
}
