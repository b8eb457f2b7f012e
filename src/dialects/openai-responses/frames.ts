import type { ResponseContext } from './response-object.ts'

/** Makes the frames of one stream, numbers them, and leaves out those that the client has. */
export interface Frames {
  /** Returns a frame. `members` are the members of its data besides `type` and `sequence_number`. */
  add(type: string, members: object): string
  /** Returns a frame. `head` and `tail` are its text before and after the number. */
  addPrepared(head: string, tail: string): string
}

/** Creates the frames of a stream. Those with a number up to `startingAfter` are empty; -1 for none. */
export function createFrames(startingAfter: number): Frames {
  let count = 0
  function addPrepared(head: string, tail: string): string {
    const number = count
    count += 1
    return number <= startingAfter ? '' : `${head}${number}${tail}`
  }
  return {
    addPrepared,
    add: (type, members) => addPrepared(headOf(type), `,${JSON.stringify(members).slice(1)}\n\n`),
  }
}

/** Returns the text of a frame before its number. */
export function headOf(type: string): string {
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":`
}

/** The items of one output, in the order in which they begin. */
export interface ItemCounter {
  /** Returns the position of the next item. */
  next(): number
}

/** Creates the counter of the items of a stream. */
export function createItemCounter(): ItemCounter {
  let count = 0
  return { next: () => count++ }
}

/** The parts that the encoders of one stream share. */
export interface StreamParts {
  /** The frames. */
  readonly frames: Frames
  /** The items. */
  readonly items: ItemCounter
  /** The context of the response. */
  readonly context: ResponseContext
}
