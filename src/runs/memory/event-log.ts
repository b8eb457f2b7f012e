import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { createPackedEvents, type EventList, type PackedEvents } from '../packed-events.ts'
import type { ListPart } from '../shared-writes.ts'

/** The latest events of a run. */
export interface EventLog {
  /** Returns `seq` of the oldest stored event; `lastSeq() + 1` if there is none. */
  firstSeq(): number
  /** Returns `seq` of the last event; -1 for none. */
  lastSeq(): number
  /**
   * Adds all events or none; events that were added before are skipped.
   *
   * @throws ChatError `store-conflict` when events are missing before or between them
   */
  add(events: readonly ChatEvent[]): void
  /**
   * Adds a part of the list of a producer, and `last` after it. The log reads the events from that list, and copies them
   * only when it has others, or drops old ones.
   *
   * @throws ChatError as {@link EventLog.add}
   */
  share(part: ListPart, last?: ChatEvent): void
  /** Returns at most `limit` events after `afterSeq`. */
  read(afterSeq: number, limit: number): readonly ChatEvent[]
}

/** Creates a log of the latest `maxEvents`. */
export function createEventLog(maxEvents: number): EventLog {
  const log: StoredLog = {
    maxEvents,
    list: NO_EVENTS,
    own: undefined,
    listFrom: 0,
    length: 0,
    last: undefined,
    firstSeq,
    lastSeq,
    add,
    share,
    read,
  }
  return log
}

/** A log with its state, and functions that all logs share. */
interface StoredLog extends EventLog {
  readonly maxEvents: number
  /** The list that has the events: its own, or that of the producer. */
  list: EventList
  own: PackedEvents | undefined
  /** `seq` of the first event of the list, which may be older than the first stored one. */
  listFrom: number
  /** The number of events of the list that were added: the list of a producer may have later ones. */
  length: number
  /** The terminal event after a shared list. The producer adds it to the list later, when it is stored. */
  last: ChatEvent | undefined
}

const NO_EVENTS: EventList = []

function lastSeq(this: StoredLog): number {
  return this.listFrom + sizeOf(this) - 1
}

function firstSeq(this: StoredLog): number {
  return Math.max(0, this.lastSeq() + 1 - this.maxEvents)
}

function add(this: StoredLog, events: readonly ChatEvent[]): void {
  const next = this.lastSeq() + 1
  const start = events[0]?.seq ?? next
  if (start > next || events.some(({ seq }, index) => seq !== start + index)) throw notNext(next)
  if (start + events.length <= next) return
  addTo(this.own ?? moveToOwn(this, 0), events, next - start)
  trim(this)
}

function share(this: StoredLog, { events, from, to }: ListPart, last?: ChatEvent): void {
  const next = this.lastSeq() + 1
  if (from > next) throw notNext(next)
  if (next > 0 && this.list !== events) return this.add(events.slice(from, to).concat(last ?? []))
  this.list = events
  this.length = Math.max(this.length, to)
  const end = last ?? this.last
  this.last = end && end.seq >= this.length ? end : undefined
  trim(this)
}

function read(this: StoredLog, afterSeq: number, limit: number): readonly ChatEvent[] {
  const from = Math.max(this.firstSeq(), afterSeq + 1) - this.listFrom
  return slice(this, from, from + limit)
}

function notNext(next: number): ChatError {
  return new ChatError(`Cannot append events that do not follow event ${next - 1}`, { code: 'store-conflict' })
}

function sizeOf({ own, length, last }: StoredLog): number {
  return own ? own.length : length + (last ? 1 : 0)
}

function slice(log: StoredLog, from: number, to: number): readonly ChatEvent[] {
  const { own, list, length, last } = log
  if (own) return own.slice(from, to)
  const events = list.slice(from, Math.min(to, length))
  return last && from <= length && length < to ? events.concat(last) : events
}

// Removes older events half the list at a time, so that an event is moved at most once.
function trim(log: StoredLog): void {
  const size = sizeOf(log)
  if (size >= 2 * log.maxEvents) moveToOwn(log, size - log.maxEvents)
}

/** Moves the events from a position on into a new list, which nothing else changes. */
function moveToOwn(log: StoredLog, from: number): PackedEvents {
  const own = createPackedEvents()
  addTo(own, slice(log, from, Infinity), 0)
  log.listFrom += from
  log.list = own
  log.own = own
  log.last = undefined
  return own
}

function addTo(list: PackedEvents, events: readonly ChatEvent[], from: number): void {
  for (let index = from; index < events.length; index++) {
    const event = events[index]
    if (event) list.add(event)
  }
}
