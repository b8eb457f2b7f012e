/** Room for values of one kind in the result of an answer. */
export interface CitationRoom {
  /** Takes the room that a value needs; false once there is too little left for one, also for each later value. */
  take(value: object): boolean
}

/**
 * Most characters of JSON for the citations of an answer, and as many again for what their check says: more than 40,000
 * of each. It bounds the last event, so that every reader can take it.
 */
const MAX_CHARS = 4 * 2 ** 20

/** Creates empty room. */
export function createCitationRoom(maxChars: number = MAX_CHARS): CitationRoom {
  let left = maxChars
  return {
    take(value) {
      if (left > 0) left -= JSON.stringify(value).length
      return left > 0
    },
  }
}
