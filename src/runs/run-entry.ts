import { toChatError } from '../core/vocabulary/chat-error.ts'
import type { TerminalEvent } from '../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../core/vocabulary/history-store.ts'
import type { EventList } from './packed-events.ts'
import type { AppendOutcome, NewRun, RunLease, RunStore } from './run-store.ts'
import { appendPart, endWithPart } from './shared-writes.ts'

/** The options of {@link createRunEntry}. */
export interface RunEntryOptions {
  /** The store that has the run. */
  readonly store: RunStore
  /** The lease of the run. */
  readonly lease: RunLease
  /** The thread of the run, if it has one. */
  readonly threadId?: string | undefined
  /** The events of the run so far; the entry reads those from here that it has not written. */
  readonly events: EventList
}

/**
 * The entry of a run in its store, as its producer writes it. If the store has lost the run, it is registered again with
 * all its events. If the store has lost some events, they are written again.
 */
export interface RunEntry {
  /**
   * Returns `seq` of the last event that the store has confirmed; -1 for none. It decreases if the store has lost
   * events.
   */
  acknowledged(): number
  /**
   * Appends the next events, if any, and renews the lease.
   *
   * @throws ChatError `store-conflict` when the lease is no longer valid
   */
  append(options: StoreCallOptions): Promise<AppendOutcome>
  /**
   * Appends the remaining events and the terminal event.
   *
   * @throws ChatError as {@link RunEntry.append}
   */
  end(last: TerminalEvent, options: StoreCallOptions): Promise<void>
  /** Deletes the run from the store. */
  remove(options: StoreCallOptions): Promise<unknown>
}

/** Maximum number of events in one write. */
export const MOST_EVENTS_PER_WRITE = 500

/** Creates the entry of a run that has begun. */
export function createRunEntry({ store, lease, threadId, events }: RunEntryOptions): RunEntry {
  const entry: OpenEntry = { store, threadId, events, lease, confirmed: -1, acknowledged, append, end, remove }
  return entry
}

/** An entry with its state, and functions that all entries share. */
interface OpenEntry extends RunEntry {
  readonly store: RunStore
  readonly threadId: string | undefined
  readonly events: EventList
  lease: RunLease
  /** `seq` of the last event that the store has confirmed. */
  confirmed: number
}

function acknowledged(this: OpenEntry): number {
  return this.confirmed
}

function append(this: OpenEntry, call: StoreCallOptions): Promise<AppendOutcome> {
  return persist(this, () => appendOnce(this, call), call)
}

function end(this: OpenEntry, last: TerminalEvent, call: StoreCallOptions): Promise<void> {
  return persist(this, () => endOnce(this, last, call), call)
}

function remove(this: OpenEntry, call: StoreCallOptions): Promise<unknown> {
  return this.store.delete(this.lease, call)
}

// The store may answer a call after it timed out and was repeated, so the value never decreases here.
function confirm(entry: OpenEntry, seq: number): void {
  entry.confirmed = Math.max(entry.confirmed, seq)
}

async function appendOnce(entry: OpenEntry, call: StoreCallOptions): Promise<AppendOutcome> {
  const { store, lease, events } = entry
  const from = entry.confirmed + 1
  const to = Math.min(from + MOST_EVENTS_PER_WRITE, events.length)
  const outcome = await appendPart(store, lease, { events, from, to }, call)
  confirm(entry, to - 1)
  return outcome
}

async function endOnce(entry: OpenEntry, last: TerminalEvent, call: StoreCallOptions): Promise<void> {
  while (last.seq - 1 - entry.confirmed > MOST_EVENTS_PER_WRITE) await appendOnce(entry, call)
  const { store, lease, events } = entry
  // After a timeout, the terminal event was delivered and is in `events`, too.
  await endWithPart(store, lease, { part: { events, from: entry.confirmed + 1, to: last.seq }, last }, call)
  confirm(entry, last.seq)
}

/** Writes, and repeats the write after recovering what the store has lost. */
async function persist<T>(entry: OpenEntry, write: () => Promise<T>, call: StoreCallOptions): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (thrown) {
      call.signal.throwIfAborted()
      if (toChatError(thrown).code !== 'store-conflict' || !(await recover(entry, call))) throw thrown
    }
  }
}

/** Handles a conflict; resolves with true if the write can be repeated. */
async function recover(entry: OpenEntry, call: StoreCallOptions): Promise<boolean> {
  const status = await entry.store.status(entry.lease, call)
  if (!status) return registerAgain(entry, call)
  // The store has lost nothing, so the conflict means that the lease is no longer valid.
  if (status.state === 'ended' || status.lastSeq >= entry.confirmed) return false
  entry.confirmed = status.lastSeq
  return true
}

async function registerAgain(entry: OpenEntry, call: StoreCallOptions): Promise<boolean> {
  const { store, threadId } = entry
  const { scope, runId, leaseMs, token } = entry.lease
  const thread = threadId !== undefined && { threadId }
  // No limit: the run was admitted before. The old token makes it safe to repeat a call whose reply was lost.
  const run: NewRun = { scope, runId, ...thread, leaseMs, token, maxActive: Infinity }
  const begun = await store.begin(run, call)
  if (begun.outcome !== 'begun') return false
  entry.lease = begun.lease
  entry.confirmed = -1
  return true
}
