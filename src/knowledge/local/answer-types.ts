import { guessLanguage, type GuessedLanguage } from '../../core/text/guess-language.ts'
import { ANSWER_KINDS, QUESTION_WORDS, type AnswerKind, type QuestionWords } from './question-words.ts'

/** A pattern for questions of a kind, and one for the parts of a sentence that are of this kind. */
export interface AnswerPatterns {
  /** Matches questions of the kind. */
  readonly asks: RegExp
  /** Matches parts of an answer, all of them. */
  readonly says: RegExp
}

const compiled = new Map<string, AnswerPatterns>()

/**
 * Returns the kind of answer that a question asks for, and its patterns; `undefined` if its words ask for none or the
 * language has no table. `otherwise` is the language of a question that is too short to tell.
 */
export function answerKindOf(
  question: string,
  otherwise: GuessedLanguage = 'en',
): ({ readonly kind: AnswerKind } & AnswerPatterns) | undefined {
  const guessed = guessLanguage(question) ?? otherwise
  const language = isCovered(guessed) ? guessed : undefined
  if (!language) return undefined
  for (const kind of ANSWER_KINDS) {
    const patterns = patternsOf(language, kind)
    if (patterns.asks.test(question)) return { kind, ...patterns }
  }
  return undefined
}

type Language = keyof typeof QUESTION_WORDS

function isCovered(language: string): language is Language {
  return Object.hasOwn(QUESTION_WORDS, language)
}

function patternsOf(language: Language, kind: AnswerKind): AnswerPatterns {
  const key = `${language} ${kind}`
  const known = compiled.get(key)
  if (known) return known
  const { asks, says, isSpaced }: QuestionWords = QUESTION_WORDS[language]
  const bound = (words: string): string =>
    isSpaced === false ? words : String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])`
  const inAnswer = says[kind]
  // A name or a place has a capital; the case of the other words says nothing.
  const flags = kind === 'name' || kind === 'place' ? 'gu' : 'giu'
  const parts = [
    ...(inAnswer === undefined ? [] : [bound(inAnswer)]),
    ...(kind === 'number' ? [String.raw`\d[\d,.]*`] : []),
    ...(kind === 'date' ? monthsOf(language) : []),
  ]
  // Without a pattern, such as for names in Arabic, nothing matches.
  const patterns = { asks: new RegExp(bound(asks[kind]), 'iu'), says: new RegExp(parts.join('|') || '(?!)', flags) }
  compiled.set(key, patterns)
  return patterns
}

/** Returns the names of the months, from the data of the runtime. */
function monthsOf(language: Language): readonly string[] {
  const format = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, month) => format.format(new Date(Date.UTC(2000, month, 1))))
}
