import { toChatError } from '../core/vocabulary/chat-error.ts'
import type { ChatEvent, TerminalEvent } from '../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../core/vocabulary/history-store.ts'
import type { AppendOutcome, NewRun, RunLease, RunStore } from './run-store.ts'

/** The parts of a run that its entry needs. */
export interface RunEntryOptions {
  readonly store: RunStore
  readonly lease: RunLease
  /** The thread of the run, where it has one. */
  readonly threadId?: string | undefined
  /** The events of the run so far: what is not written yet is read from here. */
  readonly events: readonly ChatEvent[]
}

/**
 * The entry of a run in its store, as its producer writes it. A run that the store has forgotten is registered again with
 * all of its events, and a store that came back with older data gets what it lacks.
 */
export interface RunEntry {
  /** `seq` of the last event that the store has confirmed; -1 for none. It falls when the store has lost events. */
  readonly acknowledged: number
  /**
   * Logs the next events, or none, and renews the lease.
   *
   * @throws ChatError `store-conflict` when another run has taken over
   */
  append(options: StoreCallOptions): Promise<AppendOutcome>
  /**
   * Logs what is left, and the event that ends the run.
   *
   * @throws ChatError as {@link RunEntry.append}
   */
  end(last: TerminalEvent, options: StoreCallOptions): Promise<void>
  /** Makes the store forget the run. */
  remove(options: StoreCallOptions): Promise<unknown>
}

/** Most events of one write. */
export const MOST_EVENTS_PER_WRITE = 500

/** Opens the entry of a run that has begun. */
export function createRunEntry({ store, threadId, events, ...options }: RunEntryOptions): RunEntry {
  let { lease } = options
  let acknowledged = -1

  // A store may answer long after it was given up, and asked again.
  function confirm(event: ChatEvent | undefined): void {
    acknowledged = Math.max(acknowledged, event?.seq ?? -1)
  }

  async function appendOnce(call: StoreCallOptions): Promise<AppendOutcome> {
    const batch = events.slice(acknowledged + 1, acknowledged + 1 + MOST_EVENTS_PER_WRITE)
    const outcome = await store.append(lease, batch, call)
    confirm(batch.at(-1))
    return outcome
  }

  async function endOnce(last: TerminalEvent, call: StoreCallOptions): Promise<void> {
    while (last.seq - 1 - acknowledged > MOST_EVENTS_PER_WRITE) await appendOnce(call)
    // Its readers here may have got it already: then it is one of the events.
    await store.end(lease, [...events.slice(acknowledged + 1, last.seq), last], call)
    confirm(last)
  }

  /** Writes, and writes again as often as the store turns out to have lost something. */
  async function persist<T>(write: () => Promise<T>, call: StoreCallOptions): Promise<T> {
    for (;;) {
      try {
        return await write()
      } catch (thrown) {
        call.signal.throwIfAborted()
        if (toChatError(thrown).code !== 'store-conflict' || !(await recover(call))) throw thrown
      }
    }
  }

  /** Finds out why a write was refused; resolves with true if it can be tried again. */
  async function recover(call: StoreCallOptions): Promise<boolean> {
    const status = await store.status(lease, call)
    if (!status) return registerAgain(call)
    // The store has all that was confirmed, and refuses all the same: the run is no longer ours.
    if (status.state === 'ended' || status.lastSeq >= acknowledged) return false
    acknowledged = status.lastSeq
    return true
  }

  async function registerAgain(call: StoreCallOptions): Promise<boolean> {
    const { scope, runId, leaseMs, token } = lease
    const thread = threadId !== undefined && { threadId }
    // It was let in once: limits are for new runs. The old token makes it safe to repeat a call whose reply was lost.
    const run: NewRun = { scope, runId, ...thread, leaseMs, token, maxActive: Infinity }
    const begun = await store.begin(run, call)
    if (begun.outcome !== 'begun') return false
    lease = begun.lease
    acknowledged = -1
    return true
  }

  return {
    get acknowledged() {
      return acknowledged
    },
    append: (call) => persist(() => appendOnce(call), call),
    end: (last, call) => persist(() => endOnce(last, call), call),
    remove: (call) => store.delete(lease, call),
  }
}
