/** A part of a text: inline code of Markdown with its backticks, or what stands around it. */
export interface CodeOrProse {
  readonly isCode: boolean
  readonly text: string
}

/**
 * Cuts a text at its inline code, which stands between two runs of backticks of one length; joined, the parts are the text
 * again. A run that none closes is prose. Time is linear in the text.
 */
export function splitInlineCode(text: string): readonly CodeOrProse[] {
  const runs = Array.from(text.matchAll(/`+/gu), ({ index, 0: ticks }) => ({ start: index, length: ticks.length }))
  const closings = closingsOf(runs)
  const parts: CodeOrProse[] = []
  let at = 0
  for (let opening = 0; opening < runs.length; opening++) {
    const closing = closings[opening] ?? -1
    const [first, last] = [runs[opening], runs[closing]]
    if (!first || !last) continue
    const end = last.start + last.length
    if (first.start > at) parts.push({ isCode: false, text: text.slice(at, first.start) })
    parts.push({ isCode: true, text: text.slice(first.start, end) })
    at = end
    opening = closing
  }
  if (at < text.length) parts.push({ isCode: false, text: text.slice(at) })
  return parts
}

/** For each run the next one of its length, read from the end; -1 where there is none. */
function closingsOf(runs: readonly { readonly length: number }[]): readonly number[] {
  const next = new Map<number, number>()
  const closings = runs.map(() => -1)
  for (let index = runs.length - 1; index >= 0; index--) {
    const { length = 0 } = runs[index] ?? {}
    closings[index] = next.get(length) ?? -1
    next.set(length, index)
  }
  return closings
}
