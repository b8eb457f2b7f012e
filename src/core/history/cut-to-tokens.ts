import { splitSentences } from '../text/split-sentences.ts'

/** The limit at which a text is cut. */
export interface CutOptions {
  /** Maximum number of tokens after the cut. */
  readonly tokens: number
  /** Tokens of the whole text. */
  readonly total: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

// Each step halves the range of possible lengths and counts one text.
const STEPS = 10
// The end of a sentence is searched in the last quarter of the text.
const SENTENCE_PART = 4
const MAX_SENTENCE_CHARS = 600

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const LONGEST_CHARACTER = 64

/**
 * Returns the beginning of a text with at most `tokens`, cut after a sentence, else after a word, else after a
 * character.
 */
export function cutToTokens(text: string, { tokens, total, countTokens }: CutOptions): string {
  if (total <= tokens) return text
  let fits = 0
  let tooLong = text.length
  for (let step = 0; step < STEPS && tooLong - fits > 1; step++) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (countTokens(text.slice(0, middle).toWellFormed()) <= tokens) fits = middle
    else tooLong = middle
  }
  return atBoundary(text, fits)
}

function atBoundary(text: string, end: number): string {
  const from = Math.max(Math.floor((end * (SENTENCE_PART - 1)) / SENTENCE_PART), end - MAX_SENTENCE_CHARS)
  // The next character shows whether a sentence ends here.
  const sentences = splitSentences(text.slice(from, end + 1))
  const sentenceEnd = end + 1 - (sentences.at(-1)?.length ?? 0)
  if (sentences.length > 1 && sentenceEnd > from) return text.slice(0, sentenceEnd).trimEnd()
  const blank = text.lastIndexOf(' ', end)
  return text.slice(0, blank > from ? blank : endOfGrapheme(text, end)).trimEnd()
}

function endOfGrapheme(text: string, end: number): number {
  const from = Math.max(0, end - LONGEST_CHARACTER)
  // The cut may split the last grapheme, which is then left out.
  const last = [...graphemes.segment(text.slice(from, end + LONGEST_CHARACTER))].findLast(
    ({ index }) => from + index < end,
  )
  if (!last) return end
  const start = from + last.index
  return start + last.segment.length <= end ? end : start
}
