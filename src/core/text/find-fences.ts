import type { TextRange } from '../vocabulary/text-range.ts'

/** Finds the fenced blocks of code of a text, also if it begins inside of one or does not close the last one. */
export function findFences(text: string): readonly TextRange[] {
  const lines = fenceLines(text)
  const isOpenAtStart = beginsInFence(text, lines)
  const fences: TextRange[] = []
  let open = isOpenAtStart ? 0 : undefined
  for (const { start, end } of lines) {
    if (open === undefined) open = start
    else {
      fences.push({ start: open, end })
      open = undefined
    }
  }
  if (open !== undefined) fences.push({ start: open, end: text.length })
  return fences
}

/**
 * Returns the end of the code that a text begins in the middle of: the end of a fence that closes code which no fence
 * opened; 0 if there is none. This is a guess for a text whose document is not known.
 */
export function endOfOpenFence(text: string): number {
  const lines = fenceLines(text)
  return beginsInFence(text, lines) ? (lines[0]?.end ?? 0) : 0
}

/** A line that opens or closes a block of code. */
interface FenceLine extends TextRange {
  /** True if it names a language: a closing fence has none. */
  readonly isOpening: boolean
}

// With its line break. Inline code in three backticks has others in the same line.
const FENCE_LINE = /^[ \t>]{0,8}(?:`{3,}([^`\n]*)|~{3,}([^\n]*))(?:\n|$)/gmu

function fenceLines(text: string): readonly FenceLine[] {
  if (!text.includes('```') && !text.includes('~~~')) return []
  return Array.from(text.matchAll(FENCE_LINE), ({ 0: line, 1: info, 2: other = '', index }) => ({
    start: index,
    end: index + line.length,
    isOpening: (info ?? other).trim() !== '',
  }))
}

/** Returns true if the first fence probably closes code: the fences are not in pairs, and the line above it may be code. */
function beginsInFence(text: string, lines: readonly FenceLine[]): boolean {
  const [first, second] = lines
  if (!first || first.isOpening || (lines.length % 2 === 0 && second?.isOpening !== true)) return false
  // Above an opening fence is a blank line, or a line that introduces the code; above a closing one is code.
  const above = text.slice(0, first.start).split('\n').at(-2) ?? ''
  return above.trim() !== '' && !/[:：]\s*$/u.test(above)
}
