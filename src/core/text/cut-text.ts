/** Returns `end`, or `end - 1` if a cut at `end` would split a surrogate pair. */
export function endOfCharacter(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
}

/** Returns the first `maxChars` UTF-16 code units of a text; one fewer if the cut would split a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, endOfCharacter(text, maxChars))
}
