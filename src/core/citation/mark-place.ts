/** Decides which markers behind a sentence belong to the next one. */
export interface MarkPlace {
  /** Returns true if a marker at this position belongs to the next sentence. */
  isOfNext(at: number): boolean
  /** Adds a marker of the sentence. */
  take(at: number): void
}

/**
 * Creates the decision for one sentence. A marker behind its end belongs to it, as in "A. [1] B. [2]". If the sentence has
 * a marker before its full stop or at its beginning, the answer places its markers there, so the marker belongs to the next
 * sentence. So does a marker behind a break of the line.
 */
export function createMarkPlace(sentence: string): MarkPlace {
  const end = sentence.trimEnd().length
  const start = sentence.length - sentence.trimStart().length
  const lastWordEnd = endOfWords(sentence, end)
  let isMarked = false
  return {
    isOfNext(at) {
      if (BREAK_TAG.test(sentence.slice(Math.max(0, at - MAX_TAG_CHARS), at))) return true
      return isMarked && at > end
    },
    take(at) {
      isMarked ||= at <= start || (at >= lastWordEnd && at < end)
    },
  }
}

/** Maximum length of a tag that breaks a line, with blanks behind it. */
export const MAX_TAG_CHARS = 12
/** A tag at the end of a text that breaks the line. */
export const BREAK_TAG = /<br ?\/?>\s*$/iu

/** Returns the offset after the last letter or digit. */
function endOfWords(sentence: string, end: number): number {
  let at = end
  while (at > 0 && /[\p{P}\s]/u.test(sentence.charAt(at - 1))) at -= 1
  return at
}
