import type { ActiveRun } from '../core/vocabulary/active-run.ts'
import type { StopOutcome } from '../core/vocabulary/stop-result.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../core/vocabulary/history-store.ts'

/** Version of the stored records; a store rejects records of a newer version. */
export const RUN_RECORD_VERSION = 1

/** Identifies a run of one tenant or user. The scope is part of the key, so a run of another scope is unknown. */
export interface RunKey {
  /** The tenant or user. */
  readonly scope: string
  /** The id of the run, unique in its scope. */
  readonly runId: string
}

/** A run to begin. */
export interface NewRun extends RunKey {
  /** The thread of the run; a thread has at most one active run. */
  readonly threadId?: string
  /** Time for which the lease is valid without a renewal, in milliseconds. */
  readonly leaseMs: number
  /** Maximum number of active runs in the scope, including this one; `Infinity` for no limit. */
  readonly maxActive: number
  /**
   * The token of an earlier lease, with which a producer registers a run again that the store has lost. If the run exists
   * under the same token and has not ended, the outcome is `begun`, so the call may be repeated. @defaultValue a new token
   */
  readonly token?: string
}

/**
 * The right to write a run. If it is not renewed in time, the run counts as lost. A later write of its holder renews the
 * lease, unless another run has begun in the thread.
 */
export interface RunLease extends RunKey {
  /** Unique per lease, so that a stale producer is recognised. */
  readonly token: string
  /** Time for which the lease is valid without a renewal, in milliseconds. */
  readonly leaseMs: number
}

/** The outcome of {@link RunStore.begin}. */
export type BeginRunOutcome =
  /** `stopRequested` is true if a stop was requested before the run began. */
  | { readonly outcome: 'begun'; readonly lease: RunLease; readonly stopRequested: boolean }
  /** The run exists, in any state. This outcome has priority over the others. */
  | { readonly outcome: 'exists' }
  /** Another run of the thread is active. */
  | { readonly outcome: 'thread-busy'; readonly runId: string }
  /** The scope has `maxActive` runs. */
  | { readonly outcome: 'too-many-runs' }

/** The outcome of {@link RunStore.append}. */
export interface AppendOutcome {
  /** True if a stop of the run was requested. */
  readonly stopRequested: boolean
}

/**
 * The states of a run: `running` while its producer holds the lease, `ended` after its terminal event, `lost` if the lease
 * expired before that. A lost run is `running` again when its producer renews the lease.
 */
export const RUN_STATES = ['running', 'ended', 'lost'] as const

/** The state of a run. */
export type RunState = (typeof RUN_STATES)[number]

/** The status of a run. */
export interface RunStatus {
  /** The state, by the lease and the terminal event. */
  readonly state: RunState
  /** The thread of the run, if it has one. */
  readonly threadId?: string
  /** `seq` of the last stored event; -1 for none. */
  readonly lastSeq: number
  /** True if a stop of the run was requested. */
  readonly stopRequested: boolean
  /** Time since the run was last read from the store, in milliseconds; absent if it was never read. */
  readonly readMsAgo?: number
}

/** A page of the events of a run, with its state after them. */
export interface RunPage {
  /** The state after these events. */
  readonly state: RunState
  /** The events in order, without a gap. */
  readonly events: readonly ChatEvent[]
  /** `seq` of the oldest stored event; `lastSeq + 1` if there is none. */
  readonly firstSeq: number
  /** `seq` of the last stored event; -1 for none. */
  readonly lastSeq: number
}

/** The changes of a run that a store announces: `events` for new events or the end, `stop` for a stop request. */
export const RUN_CHANGES = ['events', 'stop'] as const

/** A change of a run. */
export type RunChange = (typeof RUN_CHANGES)[number]

/**
 * Stores the events of runs, so that every server can read and stop a run. It stores events, not bytes, so one log serves
 * every dialect. A method may throw: anything but a `ChatError` counts as `store-unavailable`. `runStoreContract` of
 * `ragwire/testing` checks an implementation.
 */
export interface RunStore {
  /**
   * Begins a run, atomically. If both the thread is busy and the scope is full, either outcome may be returned. An
   * earlier stop request stays stored if the run does not begin. Afterwards, the producer of a lost run in the thread
   * can no longer renew its lease.
   */
  begin(run: NewRun, options: StoreCallOptions): Promise<BeginRunOutcome>
  /**
   * Appends events and renews the lease. An expired lease is renewed, too, unless another run has begun in the thread. An
   * empty list only renews it. Events start at `seq` 0 and have no gaps; events that are stored already are skipped.
   *
   * @throws ChatError `store-conflict` when the lease is no longer valid, the run has ended or was deleted, or earlier
   * events are missing
   */
  append(lease: RunLease, events: readonly ChatEvent[], options: StoreCallOptions): Promise<AppendOutcome>
  /**
   * Appends the last events, ends the run and frees its thread, atomically. The last event is `done` or `error`. A
   * repeated call changes nothing.
   *
   * @throws ChatError as {@link RunStore.append}
   */
  end(lease: RunLease, events: readonly ChatEvent[], options: StoreCallOptions): Promise<void>
  /**
   * Returns at most `limit` events after `afterSeq` (-1 for all), or `undefined` for an unknown run. The store records the
   * time for `readMsAgo`.
   */
  read(
    run: RunKey,
    options: StoreCallOptions & { readonly afterSeq: number; readonly limit: number },
  ): Promise<RunPage | undefined>
  /** Returns the status of a run, or `undefined` for an unknown one. */
  status(run: RunKey, options: StoreCallOptions): Promise<RunStatus | undefined>
  /** Returns the active runs of a scope, the latest first. */
  list(scope: string, options: StoreCallOptions): Promise<readonly ActiveRun[]>
  /**
   * Requests a stop. The store keeps the request until the producer sees it; for a run that has not begun, for one
   * minute.
   */
  requestStop(run: RunKey, options: StoreCallOptions): Promise<StopOutcome>
  /**
   * Calls `onChange` when the run changes. Notifications may be lost or repeated, so watchers also poll. It must not throw.
   * Returns the function that ends the watch.
   */
  watch(run: RunKey, onChange: (change: RunChange) => void): () => void
  /**
   * Deletes a run; resolves with false if it does not exist. Stop an active run first: its producer would register it
   * again with its next write.
   */
  delete(run: RunKey, options: StoreCallOptions): Promise<boolean>
}
