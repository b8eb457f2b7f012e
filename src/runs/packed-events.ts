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
  // A number is the position of a token in the text.
  const items: (ChatEvent | number)[] = []
  let text = ''
  // The text since the last flattening. To read a part of a text that grew in pieces, V8 copies all of it. A reader that is one
  // event behind would do that for each token, so this text is short.
  let tail = ''
  // Of the first token in the text, which may be a later one of the answer.
  let textAt: number | undefined
  let firstSeq = 0

  function add(event: ChatEvent): void {
    if (list.length === 0) firstSeq = event.seq
    list.length = items.push(event.type === 'token' ? packed(event) : event)
    if (list.length % EVENTS_PER_FLATTENING === 0) keep(flatten(text + tail))
    // So that the answer is stored once.
    if (event.type === 'done' && event.answer === text + tail) keep(event.answer)
  }

  function keep(whole: string): void {
    text = whole
    tail = ''
  }

  // A token of an unusual stream may have any position. It is stored as it is.
  function packed(token: TokenEvent): TokenEvent | number {
    const position = text.length + tail.length
    textAt ??= token.at
    if (token.at !== textAt + position) return token
    tail += token.delta
    return position
  }

  function unpacked(item: ChatEvent | number, index: number): ChatEvent {
    if (typeof item !== 'number') return item
    return { type: 'token', delta: textBetween(item, endOf(index)), at: (textAt ?? 0) + item, seq: firstSeq + index }
  }

  /** Returns the position in the text at which a token ends: there the next one begins. */
  function endOf(index: number): number {
    for (let next = index + 1; next < items.length; next++) {
      const item = items[next]
      if (typeof item === 'number') return item
    }
    return text.length + tail.length
  }

  function textBetween(start: number, end: number): string {
    const length = text.length
    if (end <= length) return text.slice(start, end)
    return start < length ? text.slice(start) + tail.slice(0, end - length) : tail.slice(start - length, end - length)
  }

  // A field, not a getter: V8 stores an object with getters as a slow dictionary.
  const list = {
    length: 0,
    add,
    at(index: number) {
      const item = items[index]
      return item === undefined ? undefined : unpacked(item, index)
    },
    slice(from: number, to: number) {
      const events: ChatEvent[] = []
      for (const [index, item] of items.slice(from, to).entries()) events.push(unpacked(item, from + index))
      return events
    },
  }
  return list
}
