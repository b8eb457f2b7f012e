import { rarity } from './rarity.ts'

/** The parameters of the formula. */
export const BM25 = { k: 1.2, b: 0.7, d: 0.5 }
/** The limit that the factor of a term approaches; its rarity and weight multiply it. */
export const HIGHEST_SCORE_OF_A_TERM = BM25.d + BM25.k + 1

// A share of a short query proves less than the same share of a long one. So every query counts as if it had two more
// words that are in no text and as rare as its own.
/** The number of words that every query is taken to have besides its own. */
export const MISSING_WORDS = 2

// In documents about one topic, the words of the topic are in every text, and would say nothing. In a language at large
// they say much. So the texts count as part of a larger collection, whose other texts are about something else. Measured
// on XQuAD, 20 is enough for 5 texts to score like 240, and changes no order of many texts.
/** The number of texts about other topics that are taken to exist besides the searched ones. */
export const OTHER_TEXTS = 20

/** The texts that a search ranks, and the terms of the search. */
export interface ScoredTexts {
  /** Number of texts. */
  readonly total: number
  /** Average number of distinct terms of a text. */
  readonly averageLength: number
  /** Weight of each distinct term of the query. */
  readonly weights: ReadonlyMap<string, number>
  /** Returns the number of texts with a term. */
  readonly frequencyOf: (term: string) => number
}

/** Scores texts for one query. */
export interface Scorer {
  /**
   * Returns what one term adds to the score of a text.
   *
   * @param count - how often the term is in the text, from 1
   * @param length - number of distinct terms of the text
   */
  scoreOf(term: string, count: number, length: number): number
  /** Returns `scoreOf` of one term, for many texts. */
  scorerOf(term: string): (count: number, length: number) => number
}

/**
 * Creates the scorer of a query by BM25+ (Robertson and Zaragoza 2009; Lv and Zhai 2011). The score of a text is the sum
 * over its terms, from 0 to 1: it is divided by the maximum for the query with two more words. So a text with one of five
 * query words scores far below one with all of them, and one of two words, possibly an accident, scores below four of eight.
 */
export function createScorer({ total, averageLength, weights, frequencyOf }: ScoredTexts): Scorer {
  let sum = 0
  let highest = 0
  const factors = new Map<string, number>()
  const rarities = Array.from(weights, ([term, weight]) => ({
    term,
    weight,
    rarity: rarity(frequencyOf(term), total + OTHER_TEXTS),
  }))
  const rarest = Math.max(...rarities.map(({ weight, rarity }) => (weight < 1 ? 0 : rarity))) || Infinity
  for (const { term, weight, rarity } of rarities) {
    // A pair or a weak word that is in no text must not outweigh the words that are.
    const factor = weight * (weight < 1 ? Math.min(rarity, rarest) : rarity)
    sum += weight
    highest += factor * HIGHEST_SCORE_OF_A_TERM
    factors.set(term, factor)
  }
  const divisor = (highest * (sum + MISSING_WORDS)) / sum
  const scorerOf = (term: string) => {
    const factor = factors.get(term) ?? 0
    return (count: number, length: number) => {
      const saturation = BM25.k * (1 - BM25.b + (BM25.b * length) / averageLength)
      return (factor * (BM25.d + (count * (BM25.k + 1)) / (count + saturation))) / divisor
    }
  }
  return { scorerOf, scoreOf: (term, count, length) => scorerOf(term)(count, length) }
}
