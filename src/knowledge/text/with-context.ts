import type { PieceHeadings } from './follow-headings.ts'

// Every chunk is indexed with the title, so a very long one is cut.
const LONGEST_TITLE = 200

/**
 * Returns the text that a chunk is found by: the title of its document, the headings above it, and its own text. A heading
 * that the chunk begins with counts twice, because the chunk is what the heading promises; a heading above it that repeats
 * the title does not count. Full stops separate the parts, so that words of different parts form no pair.
 */
export function withContext(text: string, title: string | undefined, { headings, section }: PieceHeadings): string {
  const above = headings.filter((heading) => heading !== title)
  const begun = section.filter((heading) => !headings.includes(heading))
  return [title?.slice(0, LONGEST_TITLE) ?? '', ...above, ...begun, text].join('.\n')
}
