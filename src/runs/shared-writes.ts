import type { StoreCallOptions } from '../core/vocabulary/history-store.ts'
import type { TerminalEvent } from '../core/vocabulary/events.ts'
import type { EventList } from './packed-events.ts'
import type { AppendOutcome, RunLease, RunStore } from './run-store.ts'

/** A part of the list into which the producer of a run adds its events. An event has its `seq` as its position. */
export interface ListPart {
  /** The list, which may have later events, too. */
  readonly events: EventList
  /** The position of the first event. */
  readonly from: number
  /** The position after the last event. */
  readonly to: number
}

/** The writes of a store that reads events from the list of their producer, so that they are not stored twice. */
export interface SharedWrites {
  /** Does the same as {@link RunStore.append}. */
  append(lease: RunLease, part: ListPart, options: StoreCallOptions): Promise<AppendOutcome>
  /** Does the same as {@link RunStore.end}. `last` follows the part, and may not be in the list yet. */
  end(lease: RunLease, part: ListPart, last: TerminalEvent, options: StoreCallOptions): Promise<void>
}

// By function and not by store: a store that spreads another one and replaces a method gets the calls of that method.
const appends = new WeakMap<RunStore['append'], SharedWrites['append']>()
const ends = new WeakMap<RunStore['end'], SharedWrites['end']>()

/** Offers shared writes to producers in the same process, in place of the methods of `store`. */
export function offerSharedWrites(store: RunStore, writes: SharedWrites): RunStore {
  appends.set(store.append, writes.append)
  ends.set(store.end, writes.end)
  return store
}

/**
 * Appends a part of a list to a run.
 *
 * @throws ChatError as {@link RunStore.append}
 */
export function appendPart(
  store: RunStore,
  lease: RunLease,
  part: ListPart,
  options: StoreCallOptions,
): Promise<AppendOutcome> {
  const append = appends.get(store.append)
  if (append) return append(lease, part, options)
  return store.append(lease, part.events.slice(part.from, part.to), options)
}

/**
 * Appends a part of a list and the terminal event to a run, and ends it.
 *
 * @throws ChatError as {@link RunStore.end}
 */
export function endWithPart(
  store: RunStore,
  lease: RunLease,
  { part, last }: { readonly part: ListPart; readonly last: TerminalEvent },
  options: StoreCallOptions,
): Promise<void> {
  const end = ends.get(store.end)
  if (end) return end(lease, part, last, options)
  return store.end(lease, part.events.slice(part.from, part.to).concat(last), options)
}
