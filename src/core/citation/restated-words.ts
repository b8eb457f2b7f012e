import { guessLanguage } from '../text/guess-language.ts'
import { writtenInOtherLength } from './acronyms.ts'
import { isConverted } from './figures/compare-units.ts'
import { textOf } from './figures/is-same-figure.ts'
import { isRepeated, isRepetition } from './figures/repetitions.ts'
import { unitIn, type Unit } from './figures/units.ts'
import type { Word } from './word.ts'

/** More figures of one claim are not compared. */
const MAX_FIGURES = 32

/**
 * Returns the words of a claim's figures that a passage writes in another way: "two weeks" for "14 days", "20 euros" for
 * "€20", and "twice" for "two times"; and the words of names, such as "US" for "United States". A figure that the passage
 * has with its unit is none of them.
 */
export function restatedWords(
  claim: readonly Word[],
  { passage, source }: { readonly passage: readonly Word[]; readonly source: readonly Word[] },
): ReadonlySet<Word> {
  const restated = new Set(writtenInOtherLength(claim, source))
  const figures = figuresOf(claim)
  if (figures.length === 0) return restated
  const language = guessLanguage(textOf(claim))
  const unitsOf = ({ text, figure }: Word) => [unitIn(text, language), figure?.unit ? unitIn(figure.unit) : undefined]
  const held = passage.flatMap((word) => unitsOf(word).filter((unit) => unit !== undefined))
  const known = new Set(passage.flatMap(({ key, text }) => [key, text]))
  for (const at of figures) {
    const [word, next] = [claim[at], claim[at + 1]]
    if (!word) continue
    const unit = next && !known.has(next.text) ? unitIn(next.text, language) : undefined
    const isUnitHeld = unit !== undefined && held.some((other) => isSameQuantity(unit, other))
    const isOther = !known.has(word.key) && isConverted({ words: claim, at }, passage)
    const isNextCounted = isRepeated({ words: claim, at: at + 1 }, passage)
    if (isOther || isUnitHeld || isNextCounted || isRepeated({ words: claim, at }, passage)) restated.add(word)
    if (next && (isUnitHeld || isNextCounted)) restated.add(next)
  }
  return restated
}

/** Returns the places of numbers and of adverbs such as "twice". */
function figuresOf(words: readonly Word[]): readonly number[] {
  const places = words.flatMap(({ value, text }, at) => (value !== undefined || isRepetition(text) ? at : []))
  return places.slice(0, MAX_FIGURES)
}

function isSameQuantity(one: Unit, other: Unit): boolean {
  return one.name === other.name || (one.dimension !== undefined && one.dimension === other.dimension)
}
