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
  const meter: CountingMeter = { bytes: 0, hold }
  return meter
}

interface CountingMeter extends BufferMeter {
  bytes: number
}

/** A hold with its state. Each run and each reader has one, so its functions are shared. */
interface CountingHold extends Hold {
  readonly meter: CountingMeter
  held: number
  isReleased: boolean
}

function hold(this: CountingMeter, bytes = 0): Hold {
  const held: CountingHold = { meter: this, held: 0, isReleased: false, add, release }
  held.add(bytes)
  return held
}

function add(this: CountingHold, bytes: number): void {
  if (this.isReleased) return
  this.held += bytes
  this.meter.bytes += bytes
}

function release(this: CountingHold): void {
  this.add(-this.held)
  this.isReleased = true
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
