import type { ChatEvent } from '../core/vocabulary/events.ts'

/** Counts the bytes that the runs and readers of a process use in memory. */
export interface BufferMeter {
  /** The estimated total. */
  readonly bytes: number
  /** Starts counting for one run or reader, from `bytes` on. */
  hold(bytes?: number): Hold
}

/** The bytes of one run or reader. */
export interface Hold {
  /** Adds bytes; a negative number removes them. */
  add(bytes: number): void
  /** Removes all its bytes; later additions are ignored. */
  release(): void
}

/** Creates a meter at 0. */
export function createBufferMeter(): BufferMeter {
  let total = 0

  function hold(bytes = 0): Hold {
    let held = 0
    let released = false
    const add = (more: number): void => {
      if (released) return
      held += more
      total += more
    }
    add(bytes)
    return {
      add,
      release() {
        add(-held)
        released = true
      },
    }
  }

  return {
    get bytes() {
      return total
    },
    hold,
  }
}

// The size of an event object in V8 and of its slot in a list, measured with 1,000,000 tokens of 4 characters.
const EVENT_BYTES = 96

// The size of a slot in a list, with the room into which it grows.
const SLOT_BYTES = 12

/** Estimates the bytes of an event in memory. It runs for each token, so an exact count would cost too much. */
export function eventBytes(event: ChatEvent): number {
  return EVENT_BYTES + textBytes(event)
}

/** Estimates the bytes of an event in a list that packs tokens. */
export function packedBytes(event: ChatEvent): number {
  return event.type === 'token' ? SLOT_BYTES + textBytes(event) : eventBytes(event)
}

/** Estimates the bytes of the text of an event. */
export function textBytes(event: ChatEvent): number {
  switch (event.type) {
    case 'token':
      return 2 * event.delta.length
    case 'source':
      return 2 * (event.source.text.length + event.source.title.length) + 512
    case 'done':
      return 2 * event.answer.length
    case 'error':
      return 2 * event.partial.answer.length
    default:
      return 256
  }
}
