/** A size limit for values of one kind in the result of an answer. */
export interface CitationRoom {
  /** Adds the size of a value; returns false for the first value above the limit and for all later ones. */
  take(value: object): boolean
}

/**
 * Maximum of JSON characters for the citations of an answer, and separately for their checks: enough for more than 40,000
 * citations and 30,000 checks. It bounds the size of the last event, so that every client can read it.
 */
const MAX_CHARS = 4 * 2 ** 20

/** Creates the limit, with nothing added. */
export function createCitationRoom(maxChars: number = MAX_CHARS): CitationRoom {
  let left = maxChars
  return {
    take(value) {
      if (left > 0) left -= JSON.stringify(value).length
      return left > 0
    },
  }
}
