import { guessLanguage, type GuessedLanguage } from '../../../core/text/guess-language.ts'
import { isLatinLanguage } from './load-rules.ts'

/** The languages of an index, as their codes. A text in another script counts as English for its words in Latin letters. */
export type IndexedLanguages = ReadonlySet<GuessedLanguage>

/**
 * Returns the languages whose rules a query needs. A query is short, so its language is often unsure: it counts only if
 * the index has it. Else the query may be in any language of the index. Search in each, and keep the best score of a text.
 */
export function queryLanguages(query: string, indexed: IndexedLanguages): readonly GuessedLanguage[] {
  const guess = guessLanguage(query)
  // The script of a query is sure.
  if (guess !== undefined && (!isLatinLanguage(guess) || indexed.has(guess))) return [guess]
  const possible = [...indexed].filter(isLatinLanguage)
  return possible.length > 0 ? possible : ['en']
}
