import type { TextRange } from '../vocabulary/text-range.ts'

/** Finds the fenced blocks of code of a text, also if it begins inside of one or does not close the last one. */
export function findFences(text: string): readonly TextRange[] {
  if (!text.includes('```') && !text.includes('~~~')) return []
  const lines = Array.from(text.matchAll(FENCE_LINE), ({ 0: line, 1: info, 2: other = '', index }) => ({
    start: index,
    end: index + line.length,
    isOpening: (info ?? other).trim() !== '',
  }))
  const [first, second] = lines
  if (!first) return []
  const mayClose = !first.isOpening && text.slice(0, first.start).trim() !== ''
  const beginsInside = mayClose && (lines.length % 2 === 1 || second?.isOpening === true)
  const fences: TextRange[] = beginsInside ? [{ start: 0, end: first.end }] : []
  let open: number | undefined
  for (const { start, end } of lines.slice(fences.length)) {
    if (open === undefined) open = start
    else {
      fences.push({ start: open, end })
      open = undefined
    }
  }
  if (open !== undefined) fences.push({ start: open, end: text.length })
  return fences
}

// With its line break. Inline code in three backticks has others in the same line.
const FENCE_LINE = /^[ \t]{0,8}(?:`{3,}([^`\n]*)|~{3,}([^\n]*))(?:\n|$)/gmu
