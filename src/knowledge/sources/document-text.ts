import type { StoredChunk } from '../store/knowledge-store.ts'

/**
 * Returns the text of a document from its chunks, which leave out only white space. Each gap is filled with line
 * breaks, so that offsets stay those of the document. A line break within a paragraph of Markdown is a space.
 */
export function documentText(chunks: readonly Pick<StoredChunk, 'text' | 'start'>[]): string {
  const parts: string[] = []
  let end = 0
  for (const { text, start } of chunks) {
    parts.push('\n'.repeat(Math.max(0, start - end)), text)
    end = start + text.length
  }
  return parts.join('')
}

/** Returns the text with each run of white space as one space, to compare texts that differ in it. */
export function collapsed(text: string): string {
  return text.replace(/\s+/gu, ' ').trim()
}
