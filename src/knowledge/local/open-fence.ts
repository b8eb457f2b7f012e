const FENCE = /^[ \t>]*(`{3,}|~{3,})([^`\n]*)$/gmu

/**
 * Returns the end of the code that a text begins in the middle of: the end of a fence that closes code which no fence
 * opened; 0 if there is none. This is a guess for a text whose document is not known.
 */
export function endOfOpenFence(text: string): number {
  const fences = Array.from(text.matchAll(FENCE))
  const [first] = fences
  // A closing fence has no name of a language. Only with an odd number of fences can the first one close code.
  if (!first || fences.length % 2 === 0 || (first[2] ?? '').trim() !== '') return 0
  // Above an opening fence is a blank line, or a line that introduces the code; above a closing one is code.
  const above = text.slice(0, first.index).split('\n').at(-2) ?? ''
  return above.trim() === '' || /[:：]\s*$/u.test(above) ? 0 : first.index + first[0].length
}
