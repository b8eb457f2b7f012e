import { writtenInOtherLength } from './acronyms.ts'
import { guessLanguage } from '../text/guess-language.ts'
import { unitIn } from './figures/units.ts'
import { familiarity } from './index-words.ts'
import type { PreparedText } from './prepare-text.ts'
import type { Word } from './word.ts'
import { isAboutSource } from './split-framing.ts'

/**
 * Returns the capitalised words that a source does not have, with their spelling. In German every noun has a capital, so there
 * is none.
 */
export function foreignNames(words: readonly Word[], source: PreparedText): readonly string[] {
  const foreign = words.filter((word, at) => {
    return word.name && word.key && !familiarity(word, source.index) && !isUnitAt(words, at)
  })
  if (foreign.length === 0) return []
  const same = writtenInOtherLength(words, source.words)
  const names = foreign.flatMap((word) => (same.has(word) ? [] : (word.name ?? [])))
  return guessLanguage(words.map(({ text }) => text).join(' ')) === 'de' ? [] : names
}

function isUnitAt(words: readonly Word[], at: number): boolean {
  const hasNumber = words[at - 1]?.value !== undefined || words[at + 1]?.value !== undefined
  return hasNumber && unitIn(words[at]?.text ?? '') !== undefined
}

/** Returns true if words have a foreign name that is not the name of a text, such as "Handbook". */
export function hasForeignName(words: readonly Word[], source: PreparedText): boolean {
  return foreignNames(words, source).some((name) => !isAboutSource(name))
}
