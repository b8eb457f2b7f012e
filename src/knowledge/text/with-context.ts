// Every chunk is indexed with the title, so a very long one is cut.
const LONGEST_TITLE = 200

/**
 * Returns the text that a chunk is found by: the title of its document, the headings above it, and its own text. Full
 * stops separate them, so that words of different parts form no pair.
 */
export function withContext(text: string, title: string | undefined, headings: readonly string[]): string {
  return [title?.slice(0, LONGEST_TITLE) ?? '', ...headings, text].join('.\n')
}
