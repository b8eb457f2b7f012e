import { deniedByPrefix, DEGREE_WORDS, EXCEPTION, isNotOnly } from './negation-words.ts'
import type { Word } from './word.ts'

/** Returns true if the claim negates a word that the passage does not negate, or the reverse. */
export function isNegationChanged(claim: readonly Word[], passage: readonly Word[]): boolean {
  if (![claim, passage].some((words) => words.some(({ isNegation }) => isNegation))) return false
  const [denials, sourceDenials] = [findDenials(claim), findDenials(passage)]
  if (denials.length === 0 && sourceDenials.length === 0) return false
  // "Not … unless" and "only … if" say the same.
  if (claim.some(isException) !== passage.some(isException)) return false
  const [denied, sourceDenied] = [new Set(denials.flat()), new Set(sourceDenials.flat())]
  const [keys, sourceKeys] = [new Set(keysOf(claim)), new Set(keysOf(passage))]
  // "Impossible" denies like "not possible".
  for (const key of keys) addPrefixed(key, denied, sourceDenied)
  for (const key of sourceKeys) addPrefixed(key, sourceDenied, denied)
  const isAdded = denials.some(
    (denial) => denial.some((key) => sourceKeys.has(key)) && !denial.some((key) => sourceDenied.has(key)),
  )
  return isAdded || sourceDenials.some(([key = '']) => keys.has(key) && !denied.has(key))
}

/** Adds the word that a prefix denies, if the other text denies it with a word of its own. */
function addPrefixed(key: string, denied: Set<string>, others: ReadonlySet<string>): void {
  const word = deniedByPrefix(key)
  if (word !== undefined && others.has(word)) denied.add(word)
}

function isException({ text }: Word): boolean {
  return EXCEPTION.test(text)
}

/**
 * Returns the negated words: up to three content words after a negation in its clause, else the word before it. In Japanese,
 * Korean and Turkish it is the word before.
 */
function findDenials(words: readonly Word[]): readonly (readonly string[])[] {
  return words.flatMap(({ text, isNegation, previous, gap }, at) => {
    if (!isNegation || isNotOnly(words[at + 1]?.text ?? '')) return []
    const after = BEHIND.test(text) ? [] : words.slice(at + 1, at + 7)
    const end = after.findIndex(startsClause)
    const denied = keysOf(end < 0 ? after : after.slice(0, end))
      .filter((key) => !DEGREE_WORDS.has(key))
      .slice(0, 3)
    if (denied.length > 0) return [denied]
    // The word before it may be in another clause.
    return startsClause({ previous, gap }) ? [] : [keysOf(words.slice(Math.max(0, at - WORDS_BEFORE), at)).slice(-1)]
  })
}

function startsClause({ previous, gap }: Pick<Word, 'previous' | 'gap'>): boolean {
  return previous === '' || /[,;:(，；：（]/u.test(gap)
}

/** A negation of Japanese may be cut into several words. */
const WORDS_BEFORE = 4

/** A negation that follows what it negates. */
const BEHIND = /^(?:\p{Script=Hiragana}|않|없|못하|아[니닙닌님]|değil)/u

/** Returns the compared words: of Korean ones the first two syllables, and none of only hiragana, which are endings. */
function keysOf(words: readonly Word[]): readonly string[] {
  return words.flatMap(({ key }) => {
    if (HIRAGANA.test(key)) return []
    return (HANGUL.test(key) ? key.slice(0, 2) : key) || []
  })
}

const HIRAGANA = /^\p{Script=Hiragana}+$/u
const HANGUL = /^\p{Script=Hangul}{3}/u
