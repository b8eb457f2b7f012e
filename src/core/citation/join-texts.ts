import { familiarity, indexWords } from './index-words.ts'
import type { PreparedText, ReadText } from './prepare-text.ts'

/** Returns several prepared texts as one, so that a claim is compared with all of them. */
export function joinTexts(texts: readonly PreparedText[]): PreparedText {
  const title = texts.flatMap(({ title }) => title)
  const sentences = texts.flatMap(({ sentences }) => sentences)
  return {
    title,
    sentences,
    words: texts.flatMap(({ words }) => words),
    index: indexWords(title, sentences),
    // Texts of different scripts are compared alone before, so those of the first one are enough.
    scripts: texts[0]?.scripts ?? (() => []),
  }
}

/** Minimum of words that a source adds to the others: one word alone is often a coincidence. */
const MIN_ADDED = 2

/** Returns true if a text has content words of a claim that the other texts lack. */
export function addsWords(claim: ReadText, texts: readonly PreparedText[], own: PreparedText): boolean {
  const others = texts.filter((text) => text !== own)
  const added = claim.words.filter(
    (word) =>
      word.key !== '' && familiarity(word, own.index) > 0 && !others.some(({ index }) => familiarity(word, index) > 0),
  )
  return new Set(added.map(({ key }) => key)).size >= MIN_ADDED
}
