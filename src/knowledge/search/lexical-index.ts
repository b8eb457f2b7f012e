import { tokenize, weighTerms } from '../text/tokenize.ts'
import { searchTermIndexes } from './search-term-indexes.ts'
import { createTermIndex } from './term-index.ts'

/** A search result. */
export interface LexicalHit {
  /** Index of the text in the indexed texts. */
  readonly position: number
  /** From 0 to 1; see {@link createLexicalIndex}. */
  readonly score: number
}

/** Limits a search. */
export interface LexicalSearch {
  /** Maximum number of texts. @defaultValue Infinity */
  readonly topK?: number | undefined
  /** Returns true if the text at this index may be found. Called only for texts that could be among the best. */
  readonly allows?: ((position: number) => boolean) | undefined
}

/** An index that finds texts by the terms that they share with a query. */
export interface LexicalIndex {
  /** Returns the texts that share a term with the query, the best first; equal scores in the order of the texts. */
  search(query: string, search?: LexicalSearch): readonly LexicalHit[]
}

/** Indexes texts for search by BM25+; see {@link createScorer} for the scores. */
export function createLexicalIndex(texts: readonly string[]): LexicalIndex {
  const index = createTermIndex()
  for (const [position, text] of texts.entries()) {
    const { words, pairs } = tokenize(text)
    index.add(position, [...words, ...pairs])
  }
  return {
    search: (query, { topK, allows } = {}) =>
      searchTermIndexes([index], {
        weights: weighTerms(query),
        topK,
        allows: allows && ((_index, position) => allows(position)),
      }).map(({ id, score }) => ({ position: id, score })),
  }
}
