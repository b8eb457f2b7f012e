import { GUESSED_LATIN, type GuessedLanguage } from '../../../core/text/guess-language.ts'

/** The stop words and the stemmer of a language. */
export interface LanguageRules {
  /** Words without a topic, in lower case, with and without accents. */
  readonly stopWords: ReadonlySet<string>
  /** Returns the stem of a word in lower case. */
  readonly stem: (word: string) => string
  /** True if it is written in Latin letters. */
  readonly isLatin: boolean
}

interface StemmerModule {
  readonly stemmer: (word: string) => string
}

/** Each import has its path in full, so that a bundler puts each stemmer in a file that is loaded on demand. */
const STEMMERS: Readonly<Partial<Record<GuessedLanguage, () => Promise<StemmerModule>>>> = {
  ar: () => import('@orama/stemmers/arabic'),
  de: () => import('@orama/stemmers/german'),
  el: () => import('@orama/stemmers/greek'),
  es: () => import('@orama/stemmers/spanish'),
  fr: () => import('@orama/stemmers/french'),
  hi: () => import('@orama/stemmers/indian'),
  id: () => import('@orama/stemmers/indonesian'),
  it: () => import('@orama/stemmers/italian'),
  nl: () => import('@orama/stemmers/dutch'),
  pt: () => import('@orama/stemmers/portuguese'),
  ro: () => import('@orama/stemmers/romanian'),
  ru: () => import('@orama/stemmers/russian'),
  sv: () => import('@orama/stemmers/swedish'),
  tr: () => import('@orama/stemmers/turkish'),
}

/** Without a stemmer, their groups of letters find the inflections. */
const WITHOUT_STEMMER: ReadonlySet<string> = new Set(['pl', 'vi', 'he'] satisfies GuessedLanguage[])
const LATIN: ReadonlySet<string> = new Set(GUESSED_LATIN)

/** Returns the rules of a language; `undefined` for those that need none, or that the tokenizer always knows. */
export async function loadRules(code: GuessedLanguage): Promise<LanguageRules | undefined> {
  const load = STEMMERS[code]
  if (!load && !WITHOUT_STEMMER.has(code)) return undefined
  const [module, { stopWordsOf }] = await Promise.all([load?.(), import('./stop-words-of.ts')])
  return {
    stopWords: stopWordsOf(code),
    stem: module?.stemmer ?? ((word) => word),
    isLatin: isLatinLanguage(code),
  }
}

/** Returns true for a language that is written in Latin letters. */
export function isLatinLanguage(code: GuessedLanguage): boolean {
  return LATIN.has(code)
}
