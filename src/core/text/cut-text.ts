import type { TextRange } from '../vocabulary/text-range.ts'

/** Returns `end`, or `end - 1` if a cut at `end` would split a surrogate pair. */
export function endOfCharacter(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
}

/** Returns the first `maxChars` UTF-16 code units of a text; one fewer if the cut would split a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, endOfCharacter(text, maxChars))
}

/** Returns a range of a text without the white space at its ends; an empty range if there is nothing else. */
export function trimRange(text: string, { start, end }: TextRange): TextRange {
  const slice = text.slice(start, end)
  const from = start + slice.length - slice.trimStart().length
  return { start: from, end: Math.max(from, start + slice.trimEnd().length) }
}
