import { familiarity, placesOfPair, type WordIndex } from './index-words.ts'
import type { PreparedText, ReadText } from './prepare-text.ts'
import type { Word } from './word.ts'

/** Maximum penalty for the longest run of missing words, and the length at which it is reached. */
const RUN_COST = 0.3
const RUN_WORDS = 5

/**
 * Returns the share of a claim's words that are in a source, from -0.3 (none) to 1 (all); `undefined` for a claim without
 * content words.
 *
 * It is the mean of two shares, of the claim's content words and of its pairs of adjacent words, minus 0.06 for each word of
 * the longest run of missing content words, up to five. Rare words have no larger weight: measurements showed no gain. Words
 * of `restated` and their pairs only count where the source has them.
 */
export function scoreClaim(
  claim: ReadText,
  { index }: PreparedText,
  restated: ReadonlySet<Word> = NONE,
): number | undefined {
  return scoreOf(claim.words, [index], restated)
}

/** Returns the score of a claim in several sources together. */
export function scoreTogether(claim: ReadText, sources: readonly PreparedText[]): number | undefined {
  return scoreOf(
    claim.words,
    sources.map(({ index }) => index),
    NONE,
  )
}

function scoreOf(
  words: readonly Word[],
  indexes: readonly WordIndex[],
  restated: ReadonlySet<Word>,
): number | undefined {
  let [contents, found, run, longest] = [0, 0, 0, 0]
  let [pairs, foundPairs] = [0, 0]
  let isAfterRestated = false
  for (const word of words) {
    const isRestated = restated.has(word)
    if (word.previous !== '') {
      const isFound = indexes.some((index) => placesOfPair(word, index) !== undefined)
      if (isFound) foundPairs += 1
      if (isFound || !(isRestated || isAfterRestated)) pairs += 1
    }
    isAfterRestated = isRestated
    if (word.key === '') continue
    const share = highestFamiliarity(word, indexes)
    if (isRestated && share === 0) continue
    contents += 1
    found += share
    run = share > 0 ? 0 : run + 1
    longest = Math.max(longest, run)
  }
  if (contents === 0) return undefined
  const overlap = found / contents
  return (overlap + (pairs > 0 ? foundPairs / pairs : overlap)) / 2 - RUN_COST * Math.min(1, longest / RUN_WORDS)
}

function highestFamiliarity(word: Word, indexes: readonly WordIndex[]): number {
  return indexes.reduce((highest, index) => Math.max(highest, familiarity(word, index)), 0)
}

const NONE: ReadonlySet<Word> = new Set()
