/** A part of a text: inline code of Markdown with its backticks, or the text around it. */
export interface CodeOrProse {
  /** True for inline code. */
  readonly isCode: boolean
  /** The part, unchanged. */
  readonly text: string
}

/**
 * Splits a text at its inline code, which is between two runs of backticks of equal length. The parts join to the text. A
 * run without a closing one is prose. Time is linear in the text.
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

/** Returns for each run the index of the next run of equal length; -1 if there is none. */
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
