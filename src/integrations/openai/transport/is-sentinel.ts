/** Returns true if the data of an event is not a chunk: blanks, sent as keep-alives, or the end marker. */
export function isSentinel(data: unknown): data is string {
  // A cheap test of the first character, because this runs for each token.
  return typeof data === 'string' && data.charCodeAt(0) !== OPENING_BRACE && SENTINEL.test(data)
}

const OPENING_BRACE = 123
const SENTINEL = /^\s*(?:["'<]?\[?done\]?["'>]?\.?)?\s*$/iu
