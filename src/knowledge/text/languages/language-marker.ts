import { GUESSED_LATIN, type GuessedLanguage } from '../../../core/text/guess-language.ts'

// A later release with other terms increases it. Then its searches know that an index has the terms of an earlier one.
const TERMS_VERSION = 2

/** The languages that a marker can have. */
export const MARKED_LANGUAGES: readonly GuessedLanguage[] = GUESSED_LATIN

/**
 * Returns the term that marks a chunk as one with the words of a language, or of English if that has another script. By
 * these terms, a search finds out which languages an index has, in every store. No word begins with the sign.
 */
export function languageMarker(code: GuessedLanguage): string {
  return `#${TERMS_VERSION}:${code}`
}
