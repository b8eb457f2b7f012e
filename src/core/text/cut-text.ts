/** `end`, or the place before it if a cut at `end` would leave the first half of a surrogate pair behind. */
export function endOfCharacter(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
}

/** The first `maxChars` UTF-16 code units of a text; one less where the cut would divide a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, endOfCharacter(text, maxChars))
}
