const MOST_CHARS = 64

/** Returns the start of a text of a client in quotes, for an error message. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MOST_CHARS))
}
