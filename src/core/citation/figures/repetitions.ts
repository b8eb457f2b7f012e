import type { Word } from '../word.ts'

/** Returns a reason if the claim says "twice" where the passage says "three times" and never "twice" or "two times". */
export function findRepetitionReasons(claim: readonly Word[], passage: readonly Word[]): readonly string[] {
  if (!claim.some(({ text }) => isRepetition(text))) return []
  const held = repetitionsOf(passage)
  if (held.length === 0) return []
  return claim.flatMap((_, at) => {
    const count = adverbAt(claim, at)
    return count === undefined || held.includes(count) ? [] : `number:${count}`
  })
}

/** Returns true for an adverb such as "twice". */
export function isRepetition(text: string): boolean {
  return ADVERBS.has(text)
}

/** Returns true for "twice" or for the "times" of "two times" if the passage has the same number of times. */
export function isRepeated(
  { words, at }: { readonly words: readonly Word[]; readonly at: number },
  passage: readonly Word[],
): boolean {
  const text = words[at]?.text ?? ''
  const count = TIMES.test(text) ? words[at - 1]?.value : adverbAt(words, at)
  return count !== undefined && repetitionsOf(passage).includes(count)
}

function repetitionsOf(words: readonly Word[]): readonly number[] {
  return words.flatMap(({ value }, at) => {
    const isCounted = value !== undefined && TIMES.test(words[at + 1]?.text ?? '')
    return (isCounted ? value : adverbAt(words, at)) ?? []
  })
}

/** Returns the number of an adverb such as "twice". "Once" is one only before a period: "once a day". */
function adverbAt(words: readonly Word[], at: number): number | undefined {
  const count = ADVERBS.get(words[at]?.text ?? '')
  return count === 1 && !PERIOD.test(words[at + 1]?.text ?? '') ? undefined : count
}

const ADVERBS: ReadonlyMap<string, number> = new Map([
  ['once', 1],
  ['einmal', 1],
  ['twice', 2],
  ['zweimal', 2],
  ['thrice', 3],
  ['dreimal', 3],
  ['viermal', 4],
  ['fünfmal', 5],
])
const TIMES = /^(?:times?|mal)$/u
const PERIOD =
  /^(?:a|an|per|every|each|daily|weekly|monthly|yearly|annually|pro|am|im|täglich|wöchentlich|monatlich|jährlich)$/u
