import { oncePerObject } from './once-per-object.ts'
import type { Word } from './word.ts'

/** The longest name with an acronym, in words with a capital. */
const MOST_WORDS = 6

/**
 * Returns the words of a claim that the source writes in another length: "US" for "United States", and the reverse. The words
 * are those with a capital.
 */
export function writtenInOtherLength(claim: readonly Word[], source: readonly Word[]): ReadonlySet<Word> {
  const { initials, acronyms } = lengthsOf(source)
  return new Set([
    ...claim.filter((word) => mayBeAcronym(word) && initials.has(word.text)),
    ...namesOf(claim)
      .filter((name) => acronyms.has(initialsOf(name)))
      .flat(),
  ])
}

// A source is compared with many claims.
const lengthsOf = oncePerObject((words: readonly Word[]) => ({
  initials: new Set(namesOf(words).map(initialsOf)),
  acronyms: new Set(words.filter(mayBeAcronym).map(({ text }) => text)),
}))

/** Returns all stretches of two or more adjacent words with a capital; words such as "of" may stand between them. */
function namesOf(words: readonly Word[]): readonly (readonly Word[])[] {
  return words.flatMap((word, at) => {
    if (!mayBeName(word) || !words[at + 1]?.previous) return []
    const names: (readonly Word[])[] = []
    let name: readonly Word[] = [word]
    for (const next of words.slice(at + 1, at + 2 * MOST_WORDS)) {
      const isAdjacent = next.previous !== '' && next.gap.trim() === '' && name.length < MOST_WORDS
      if (!isAdjacent || (next.name === undefined && next.key !== '')) break
      if (next.name === undefined) continue
      name = [...name, next]
      names.push(name)
    }
    return names
  })
}

/** The first word of a sentence may have a capital. */
function mayBeName({ name, previous, value }: Word): boolean {
  return value === undefined && (name !== undefined || previous === '')
}

function mayBeAcronym({ name, previous, text, key }: Word): boolean {
  if (name === undefined) return previous === '' && key !== '' && text.length >= 2 && text.length <= MOST_WORDS
  return /^(?:\p{Lu}\.?){2,}$/u.test(name)
}

function initialsOf(name: readonly Word[]): string {
  return name.map(({ text }) => text.charAt(0)).join('')
}
