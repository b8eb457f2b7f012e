import type { Source } from '../../core/vocabulary/sources.ts'
import { guessLanguage, type GuessedLanguage } from '../../core/text/guess-language.ts'
import { queryLanguages } from '../text/languages/query-languages.ts'

/**
 * Returns the language by whose rules a question and its sources are compared: that of the question, or of the best source
 * if the question is too short to tell.
 */
export function quotedLanguage(question: string, sources: readonly Source[]): GuessedLanguage | undefined {
  const languages = new Set(sources.flatMap(({ text }) => guessLanguage(text) ?? []))
  return queryLanguages(question, languages)[0]
}
