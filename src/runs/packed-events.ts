import type { ChatEvent, TokenEvent } from '../core/vocabulary/events.ts'
import { flatten } from '../core/vocabulary/result-fold.ts'

/** The events of a run, to read. */
export interface EventList {
  /** The number of events. */
  readonly length: number
  /** Returns the events from the position `from` up to `to`, which is not included. */
  slice(from: number, to: number): readonly ChatEvent[]
}

/** The events of a run, in less memory than the events themselves take. A token is a new object each time it is read. */
export interface PackedEvents extends EventList {
  /** Adds an event. Its `seq` follows that of the event before. */
  add(event: ChatEvent): void
  /** Returns the event at a position. */
  at(index: number): ChatEvent | undefined
}

// Copying the text this often costs less than collecting the garbage of its tree.
const EVENTS_PER_FLATTENING = 64

/**
 * Creates an empty list. It stores the text of all tokens as one text, because a token begins where the one before ends:
 * then a token takes a tenth of the memory of its event.
 */
export function createPackedEvents(): PackedEvents {
  const list: GrowingList = { length: 0, items: [], text: '', tail: '', textAt: -1, firstSeq: 0, add, at, slice }
  return list
}

/** A list with its state, and functions that all lists share. */
interface GrowingList extends PackedEvents {
  // A field, not a getter: V8 stores an object with getters as a slow dictionary.
  length: number
  /** A number is the position of a token in the text. */
  readonly items: (ChatEvent | number)[]
  text: string
  /**
   * The text since the last flattening. To read a part of a text that grew in pieces, V8 copies all of it. A reader that is
   * one event behind would do that for each token, so this text is short.
   */
  tail: string
  /** `at` of the first token in the text, which may be a later one of the answer; -1 before it. */
  textAt: number
  firstSeq: number
}

function add(this: GrowingList, event: ChatEvent): void {
  if (event.type !== 'token') return addOther(this, event)
  const position = this.text.length + this.tail.length
  if (this.textAt < 0) this.textAt = event.at
  // A token of an unusual stream may have any position. It is stored as it is.
  if (event.at !== this.textAt + position) return addOther(this, event)
  this.tail += event.delta
  push(this, position, event.seq)
}

function addOther(list: GrowingList, event: ChatEvent): void {
  push(list, event, event.seq)
  // So that the answer is stored once.
  if (event.type === 'done' && event.answer === list.text + list.tail) keep(list, event.answer)
}

function push(list: GrowingList, item: ChatEvent | number, seq: number): void {
  if (list.length === 0) list.firstSeq = seq
  list.length = list.items.push(item)
  if (list.length % EVENTS_PER_FLATTENING === 0) keep(list, flatten(list.text + list.tail))
}

function keep(list: GrowingList, whole: string): void {
  list.text = whole
  list.tail = ''
}

function at(this: GrowingList, index: number): ChatEvent | undefined {
  const item = this.items[index]
  return item === undefined ? undefined : unpacked(this, item, index)
}

function slice(this: GrowingList, from: number, to: number): readonly ChatEvent[] {
  const events: ChatEvent[] = []
  for (const [index, item] of this.items.slice(from, to).entries()) events.push(unpacked(this, item, from + index))
  return events
}

function unpacked(list: GrowingList, item: ChatEvent | number, index: number): ChatEvent {
  if (typeof item !== 'number') return item
  const delta = textBetween(list, item, endOf(list, index))
  return { type: 'token', delta, at: list.textAt + item, seq: list.firstSeq + index } satisfies TokenEvent
}

/** Returns the position in the text at which a token ends: there the next one begins. */
function endOf({ items, text, tail }: GrowingList, index: number): number {
  for (let next = index + 1; next < items.length; next++) {
    const item = items[next]
    if (typeof item === 'number') return item
  }
  return text.length + tail.length
}

function textBetween({ text, tail }: GrowingList, start: number, end: number): string {
  const { length } = text
  if (end <= length) return text.slice(start, end)
  return start < length ? text.slice(start) + tail.slice(0, end - length) : tail.slice(start - length, end - length)
}
