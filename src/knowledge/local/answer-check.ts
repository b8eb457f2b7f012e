import type { GuessedLanguage } from '../../core/text/guess-language.ts'
import { answerKindOf } from './answer-types.ts'

/**
 * Creates a predicate that is true for sentences with the kind of answer that a question asks for: a reason, date, number,
 * name or place that is not in the question. It is always false for other questions, and for a language without a table.
 *
 * @param language - of a question that is too short to tell. @defaultValue English
 */
export function answerCheck(question: string, language?: GuessedLanguage): (sentence: string) => boolean {
  const asked = answerKindOf(question, language)
  if (!asked) return () => false
  const known = question.toLowerCase()
  return (sentence) => Array.from(sentence.matchAll(asked.says)).some(([found]) => !known.includes(found.toLowerCase()))
}
