import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../core/vocabulary/history-store.ts'

/** Version of the stored records; a store refuses records of a newer one instead of guessing. */
export const RUN_RECORD_VERSION = 1

/** A run of one tenant or user: ids are no authority, so that a foreign run is simply unknown. */
export interface RunKey {
  readonly scope: string
  readonly runId: string
}

/** A run that begins. */
export interface NewRun extends RunKey {
  /** Where it is given, the thread holds one run at a time. */
  readonly threadId?: string
  /** How long the run stays alive without a word of its producer, in milliseconds. */
  readonly leaseMs: number
  /** Most runs that the scope may have at a time, this one included; `Infinity` for no limit. */
  readonly maxActive: number
  /**
   * The token of a lease that the store has forgotten: its holder registers the run again. A run that is there under the
   * same token has `begun`, so that the call may be repeated. @defaultValue the store makes a new one
   */
  readonly token?: string
}

/**
 * The right to write a run. When it was not renewed in time, the run counts as lost; a write of its holder takes the lease
 * back, unless another run has begun in the thread since.
 */
export interface RunLease extends RunKey {
  /** Unique for each lease, so that a producer that was replaced is recognised. */
  readonly token: string
  readonly leaseMs: number
}

/** What {@link RunStore.begin} comes to. */
export type BeginRunOutcome =
  /** `stopRequested`: the stop came before the run. */
  | { readonly outcome: 'begun'; readonly lease: RunLease; readonly stopRequested: boolean }
  /** The run is there already, running or not: it is not begun twice. It is said before anything else. */
  | { readonly outcome: 'exists' }
  /** Another run of the thread is going on. */
  | { readonly outcome: 'thread-busy'; readonly runId: string }
  | { readonly outcome: 'too-many-runs' }

/** What a producer hears when it writes. */
export interface AppendOutcome {
  readonly stopRequested: boolean
}

/**
 * `running` while its producer holds the lease, `ended` after its terminal event, and `lost` when the lease ran out
 * before. A lost run is `running` again when its producer takes the lease back.
 */
export type RunState = 'running' | 'ended' | 'lost'

/** What is known of a run. */
export interface RunStatus {
  readonly state: RunState
  readonly threadId?: string
  /** `seq` of the last event that is logged; -1 for none. */
  readonly lastSeq: number
  readonly stopRequested: boolean
  /** How long ago somebody last read the run from the store, in milliseconds; absent when nobody did. */
  readonly readMsAgo?: number
}

/** Some of the events of a run, and how it stands after them. */
export interface RunPage {
  readonly state: RunState
  /** In their order, without a gap. */
  readonly events: readonly ChatEvent[]
  /** `seq` of the oldest event that is still kept; one more than `lastSeq` when none is. */
  readonly firstSeq: number
  /** `seq` of the last event that is logged; -1 for none. */
  readonly lastSeq: number
}

/** A run that is going on. */
export interface ActiveRun {
  readonly runId: string
  readonly threadId?: string
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number
}

/** What has happened to a run: its log has grown or ended, or somebody asked it to stop. */
export type RunChange = 'events' | 'stop'

/**
 * Outcome of a stop. `stopping`: the run was asked to stop. `already-ended`: it is over, or lost; the producer of a lost
 * run learns of the stop if it takes the lease back. `unknown`: there is no such run, and one that begins under this id
 * within a minute ends at once.
 */
export type StopOutcome = 'stopping' | 'already-ended' | 'unknown'

/**
 * Where the events of runs are kept, so that a run can be read again, and stopped, from anywhere. It keeps events and no
 * bytes: one log serves every protocol. A call may fail by throwing; whatever is thrown counts as `store-unavailable`,
 * unless it is a `ChatError`. `runStoreContract` of `ragwire/testing` checks an implementation.
 */
export interface RunStore {
  /**
   * Begins a run, in one step that no other producer can come between. Where the thread is busy and the scope is full,
   * either may be said; a stop that was asked for before outlives a run that was not begun. A lost run of the thread can
   * no longer be taken back once another one has begun.
   */
  begin(run: NewRun, options: StoreCallOptions): Promise<BeginRunOutcome>
  /**
   * Logs events and renews the lease, also one that has run out, where no other run has begun in the thread since; no
   * events just renew it. Events follow one another without a gap, from `seq` 0; what is logged already may be sent again
   * and is skipped.
   *
   * @throws ChatError `store-conflict` when another run has taken over, the run has ended or is gone, or events are
   * missing before these
   */
  append(lease: RunLease, events: readonly ChatEvent[], options: StoreCallOptions): Promise<AppendOutcome>
  /**
   * Logs the last events, of which the very last is `done` or `error`, ends the run, and gives its thread free: all of it
   * or nothing. Doing it again changes nothing.
   *
   * @throws ChatError as {@link RunStore.append}
   */
  end(lease: RunLease, events: readonly ChatEvent[], options: StoreCallOptions): Promise<void>
  /** Events after `afterSeq` (-1 for all), at most `limit`; `undefined` for an unknown run. It notes that somebody reads. */
  read(
    run: RunKey,
    options: StoreCallOptions & { readonly afterSeq: number; readonly limit: number },
  ): Promise<RunPage | undefined>
  /** How a run stands; `undefined` for an unknown one. */
  status(run: RunKey, options: StoreCallOptions): Promise<RunStatus | undefined>
  /** The runs of a scope that are going on, the latest first. */
  list(scope: string, options: StoreCallOptions): Promise<readonly ActiveRun[]>
  /** Asks a run to stop. The request is kept until the producer sees it; for a run that has not begun yet, for a minute. */
  requestStop(run: RunKey, options: StoreCallOptions): Promise<StopOutcome>
  /**
   * Calls `onChange` when something has happened to the run. Notifications may be lost or come twice, so whoever watches
   * looks by itself from time to time, too. It must not throw. Returns the function that ends the watch.
   */
  watch(run: RunKey, onChange: (change: RunChange) => void): () => void
  /**
   * Forgets a run; resolves with whether there was one. The producer of one that is going on would register it again with
   * its next write: stop it first.
   */
  delete(run: RunKey, options: StoreCallOptions): Promise<boolean>
}
