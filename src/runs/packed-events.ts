import type { ChatEvent, TokenEvent } from '../core/vocabulary/events.ts'
import {
  addPiece,
  createGrowingText,
  lengthOfText,
  partOfText,
  wholeText,
  type GrowingText,
} from '../core/text/growing-text.ts'

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

/**
 * Creates an empty list. It stores the text of all tokens as one text, because a token begins where the one before ends:
 * then a token takes a tenth of the memory of its event.
 */
export function createPackedEvents(): PackedEvents {
  const list: GrowingList = { length: 0, items: [], text: createGrowingText(), textAt: -1, firstSeq: 0, add, at, slice }
  return list
}

/** A list with its state, and functions that all lists share. */
interface GrowingList extends PackedEvents {
  // A field, not a getter: V8 stores an object with getters as a slow dictionary.
  length: number
  /** A number is the position of a token in the text. */
  readonly items: (ChatEvent | number)[]
  readonly text: GrowingText
  /** `at` of the first token in the text, which may be a later one of the answer; -1 before it. */
  textAt: number
  firstSeq: number
}

function add(this: GrowingList, event: ChatEvent): void {
  if (event.type !== 'token') return addOther(this, event)
  const position = lengthOfText(this.text)
  if (this.textAt < 0) this.textAt = event.at
  // A token of an unusual stream may have any position. It is stored as it is.
  if (event.at !== this.textAt + position) return addOther(this, event)
  addPiece(this.text, event.delta)
  push(this, position, event.seq)
}

function addOther(list: GrowingList, event: ChatEvent): void {
  push(list, event, event.seq)
  // So that the answer is stored once.
  if (event.type === 'done' && event.answer === wholeText(list.text)) list.text.head = event.answer
}

function push(list: GrowingList, item: ChatEvent | number, seq: number): void {
  if (list.length === 0) list.firstSeq = seq
  list.length = list.items.push(item)
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
  const delta = partOfText(list.text, item, endOf(list, index))
  return { type: 'token', delta, at: list.textAt + item, seq: list.firstSeq + index } satisfies TokenEvent
}

/** Returns the position in the text at which a token ends: there the next one begins. */
function endOf({ items, text }: GrowingList, index: number): number {
  for (let next = index + 1; next < items.length; next++) {
    const item = items[next]
    if (typeof item === 'number') return item
  }
  return lengthOfText(text)
}
