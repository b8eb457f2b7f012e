import MiniSearch from 'minisearch'
import { rarity, tokenize, weighTerms } from './tokenize.ts'

/** A text that was found. */
export interface LexicalHit {
  /** Its place among the texts that were indexed. */
  readonly position: number
  /** From 0 to 1; see {@link createLexicalIndex}. */
  readonly score: number
}

/** Finds texts by the terms that they share with a query. */
export interface LexicalIndex {
  /** All texts that share a term with the query, best first; equally good ones in the order of the texts. */
  search(query: string): readonly LexicalHit[]
}

// The defaults of minisearch, spelt out because the highest possible score follows from them.
const BM25 = { k: 1.2, b: 0.7, d: 0.5 }
const HIGHEST_SCORE_OF_A_TERM = BM25.d + BM25.k + 1

// A share of a short query proves less than the same share of a long one: every query counts as if
// it had two more words that nothing holds, as rare as its own.
const MISSING_WORDS = 2

/**
 * Indexes texts for search by BM25+ (Robertson and Zaragoza 2009; Lv and Zhai 2011). A score is divided by
 * the highest that the query could reach if it had two more words. So a text that holds one query word in five stays far
 * from one that holds all, and one word in two, which may be an accident, counts less than four in eight.
 */
export function createLexicalIndex(texts: readonly string[]): LexicalIndex {
  const frequencies = new Map<string, number>()
  const index = new MiniSearch<{ readonly id: number; readonly text: string }>({
    fields: ['text'],
    processTerm: (term) => term,
    tokenize(text) {
      const { words, pairs } = tokenize(text)
      const terms = [...words, ...pairs]
      for (const term of new Set(terms)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
      return terms
    },
  })
  index.addAll(texts.map((text, id) => ({ id, text })))

  return {
    search(query) {
      const weights = weighTerms(query)
      let total = 0
      let highest = 0
      for (const [term, weight] of weights) {
        total += weight
        highest += weight * rarity(frequencies.get(term) ?? 0, texts.length) * HIGHEST_SCORE_OF_A_TERM
      }
      const divisor = (highest * (total + MISSING_WORDS)) / total
      return (
        index
          .search(query, {
            tokenize: () => [...weights.keys()],
            boostTerm: (term) => weights.get(term) ?? 1,
            bm25: BM25,
          })
          // minisearch has multiplied the score by the number of terms that matched, which favours long texts.
          .map(({ id, score, queryTerms }) => ({ position: Number(id), score: score / queryTerms.length / divisor }))
          .toSorted((a, b) => b.score - a.score || a.position - b.position)
      )
    },
  }
}
