import type { GuessedLanguage } from '../../core/text/guess-language.ts'
import { ENGLISH, type Language } from '../text/languages/language.ts'
import { queryLanguages } from '../text/languages/query-languages.ts'
import { tokenize, weighTerms } from '../text/tokenize.ts'
import { searchTermIndexes, type TermHit } from './search-term-indexes.ts'
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
  /** Adds a text in a language. Its position is the number of texts before it. */
  add(text: string, language: Language): void
  /** Returns true if the query has terms. */
  hasTerms(query: string): boolean
  /** Returns the texts that share a term with the query, the best first; equal scores in the order of the texts. */
  search(query: string, search?: LexicalSearch): readonly LexicalHit[]
}

/** Creates an index of texts, for search by BM25+; see {@link createScorer} for the scores. English ones can be given. */
export function createLexicalIndex(texts: readonly string[] = []): LexicalIndex {
  const index = createTermIndex()
  const languages = new Map<GuessedLanguage, Language>()

  function add(text: string, language: Language): void {
    languages.set(language.code, language)
    if (language.latin === ENGLISH.code) languages.set(ENGLISH.code, ENGLISH)
    const { words, pairs } = tokenize(text, language)
    index.add(index.size, words.concat(pairs))
  }

  function weightsOf(query: string): readonly ReadonlyMap<string, number>[] {
    const codes = queryLanguages(query, new Set(languages.keys()))
    return codes.map((code) => weighTerms(query, languages.get(code) ?? ENGLISH)).filter(({ size }) => size > 0)
  }

  for (const text of texts) add(text, ENGLISH)
  return {
    add,
    hasTerms: (query) => weightsOf(query).length > 0,
    search(query, { topK, allows } = {}) {
      const allowsHit = allows && ((_index: number, position: number) => allows(position))
      const lists = weightsOf(query).map((weights) => searchTermIndexes([index], { weights, topK, allows: allowsHit }))
      return bestOf(lists)
        .slice(0, topK)
        .map(({ id, score }) => ({ position: id, score }))
    },
  }
}

/** Merges the results of one query in several languages: a text has its best score. */
function bestOf(lists: readonly (readonly TermHit[])[]): readonly TermHit[] {
  const [first = []] = lists
  if (lists.length < 2) return first
  const best = new Map<number, TermHit>()
  for (const hit of lists.flat()) if (hit.score > (best.get(hit.id)?.score ?? 0)) best.set(hit.id, hit)
  return [...best.values()].toSorted((a, b) => b.score - a.score || a.id - b.id)
}
