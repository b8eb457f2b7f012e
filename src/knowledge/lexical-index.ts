import MiniSearch from 'minisearch'
import { rarity, tokenize, weighTerms } from './tokenize.ts'

/** A search result. */
export interface LexicalHit {
  /** Index of the text in the indexed texts. */
  readonly position: number
  /** From 0 to 1; see {@link createLexicalIndex}. */
  readonly score: number
}

/** An index that finds texts by the terms that they share with a query. */
export interface LexicalIndex {
  /** Returns all texts that share a term with the query, the best first; equal scores in the order of the texts. */
  search(query: string): readonly LexicalHit[]
}

// The defaults of minisearch, spelt out because the highest possible score follows from them.
const BM25 = { k: 1.2, b: 0.7, d: 0.5 }
const HIGHEST_SCORE_OF_A_TERM = BM25.d + BM25.k + 1

// A share of a short query proves less than the same share of a long one. So every query counts as if it had two more
// words that are in no text and as rare as its own.
const MISSING_WORDS = 2

/**
 * Indexes texts for search by BM25+ (Robertson and Zaragoza 2009; Lv and Zhai 2011). A score is divided by the maximum for
 * the query with two more words. So a text with one of five query words scores far below one with all of them, and one of
 * two words, possibly an accident, scores below four of eight.
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
          // Undoes a factor of minisearch, the number of matched terms, which favours long texts.
          .map(({ id, score, queryTerms }) => ({ position: Number(id), score: score / queryTerms.length / divisor }))
          .toSorted((a, b) => b.score - a.score || a.position - b.position)
      )
    },
  }
}
