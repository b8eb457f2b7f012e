import { stemmer as porterStem } from 'stemmer'
import { guessLanguage, type GuessedLanguage } from '../../../core/text/guess-language.ts'
import { STOP_WORDS } from '../stop-words.ts'
import { loadRules, type LanguageRules } from './load-rules.ts'

/** The rules by which the words of a text become terms. Text and question must have those of the same language. */
export interface Language {
  /** The language, as an ISO 639-1 code. English stands for every language without rules of its own. */
  readonly code: GuessedLanguage
  /** The language of its words in Latin letters: the same, or English if it has another script. */
  readonly latin: GuessedLanguage
  /** Words without a topic, in lower case, with and without accents. */
  readonly stopWords: ReadonlySet<string>
  /** True if a term also has its groups of four letters, which find the parts of compounds and other inflections. */
  readonly hasGroups: boolean
  /** Returns the stem of a word in lower case. */
  readonly stem: (word: string) => string
}

/** The rules of a text without a known language, which are those of English, and of Chinese, Japanese, Korean and Thai. */
export const ENGLISH: Language = {
  code: 'en',
  latin: 'en',
  stopWords: STOP_WORDS,
  hasGroups: false,
  stem: (word) => (LATIN.test(word) ? porterStem(word) : word),
}

const LATIN = /^[a-z]+$/u
const LATIN_SCRIPT = /\p{Script=Latin}/u

const loaded = new Map<GuessedLanguage, Promise<Language>>()

/**
 * Loads the rules of a language: a Snowball stemmer and stop words. The stemmer is imported by the first call, so that
 * English and languages without one take no time. A stemmer that cannot be imported is a rejection.
 */
export function loadLanguage(code: GuessedLanguage = 'en'): Promise<Language> {
  const known = loaded.get(code)
  if (known) return known
  const loading = loadRules(code).then((rules) => (rules ? toLanguage(code, rules) : ENGLISH))
  loaded.set(code, loading)
  // The next call tries again, because a page may have been offline.
  loading.catch(() => loaded.delete(code))
  return loading
}

/**
 * Loads the rules of the language that a text seems to have.
 *
 * @param otherwise - for a text that is too short to tell, such as the language of the document around it
 */
export function languageOf(text: string, otherwise?: GuessedLanguage): Promise<Language> {
  return loadLanguage(guessLanguage(text) ?? otherwise)
}

function toLanguage(code: GuessedLanguage, { stopWords, stem, isLatin }: LanguageRules): Language {
  if (isLatin) return { code, latin: code, stopWords, hasGroups: true, stem }
  return {
    code,
    latin: 'en',
    stopWords: new Set([...STOP_WORDS, ...stopWords]),
    hasGroups: true,
    // Names and terms of technology stay in Latin letters.
    stem: (word) => (LATIN_SCRIPT.test(word) ? ENGLISH.stem(word) : stem(word)),
  }
}
