import type { PreparedText } from './prepare-text.ts'
import type { Word } from './read-words.ts'

/** Maximum number of sentences that support one claim. */
const MAX_SENTENCES = 3

/**
 * Returns the title of the source and the sentences that a claim is based on: the sentence with most of its words and
 * pairs, and up to two more with at least two of the missing ones. Numbers are ignored, so that a wrong number cannot
 * select a sentence.
 */
export function findPassage(claim: PreparedText, source: PreparedText): readonly Word[] {
  const [title = [], ...sentences] = source.sentences
  const missing = new Set(claim.words.flatMap(({ key, pair, value }) => (value === undefined ? [key, pair] : [])))
  missing.delete('')
  const passage = [title]
  for (let best = title; passage.length <= MAX_SENTENCES; passage.push(best)) {
    let most = passage.length > 1 ? 1 : 0
    best = []
    for (const sentence of sentences) {
      const found = countFound(sentence, missing)
      if (found > most) {
        most = found
        best = sentence
      }
    }
    for (const { key, pair } of best) {
      missing.delete(key)
      missing.delete(pair)
    }
  }
  return passage.flat()
}

function countFound(sentence: readonly Word[], missing: ReadonlySet<string>): number {
  const found = new Set<string>()
  for (const { key, pair } of sentence) {
    if (missing.has(key)) found.add(key)
    if (missing.has(pair)) found.add(pair)
  }
  return found.size
}
