import { placesOfPair, type Places, type WordIndex } from './index-words.ts'
import type { PreparedText, ReadSentence, ReadText } from './prepare-text.ts'
import { readWords } from './read-words.ts'
import type { Word } from './word.ts'

/** Maximum number of sentences that support one claim. */
const MAX_SENTENCES = 3

/**
 * Returns the sentences of the source that a claim is based on, the best first: the sentence with most of its words and
 * pairs, and up to two more with at least two of the missing ones. Each has at least one content word of the claim. Numbers
 * only break ties, so that a wrong number cannot select a sentence; they decide if the claim has no other words. The words of
 * `context`, the sentence around the claim, break ties too: the subject may stand in another clause.
 */
export function findPassage(claim: ReadText, source: PreparedText, context = ''): readonly ReadSentence[] {
  const { sentences, index } = source
  const wanted = wantedOf(claim.words, { index, context })
  const passage: ReadSentence[] = []
  // A number alone is enough only if there is nothing else to look for.
  let atLeast = claim.words.some(isWanted) ? 1 : Number.MIN_VALUE
  while (passage.length < MAX_SENTENCES) {
    const at = bestSentence(wanted, { sentences, atLeast })
    const best = sentences[at]
    if (!best) break
    passage.push(best)
    atLeast = 2
    wanted.keys = wanted.keys.filter((places) => !places.includes(at))
    wanted.pairs = wanted.pairs.filter((places) => !places.includes(at))
    if (wanted.keys.length + wanted.pairs.length < atLeast) break
  }
  return passage
}

/** Words and pairs that the source has, each as its places. */
interface Wanted {
  /** The words of the claim that no sentence of the passage has. */
  keys: readonly Places[]
  /** The same for the pairs. */
  pairs: readonly Places[]
  /** The numbers of the claim. */
  readonly numbers: readonly Places[]
  /** The words of its sentence that the claim lacks. */
  readonly around: readonly Places[]
}

function isWanted({ value, key, previous }: Word): boolean {
  return value === undefined && (key !== '' || previous !== '')
}

function wantedOf(
  words: readonly Word[],
  { index, context }: { readonly index: WordIndex; readonly context: string },
): Wanted {
  const [keys, pairs] = [new Set<Places>(), new Set<Places>()]
  const [numbers, around] = [new Set<Places>(), new Set<Places>()]
  for (const word of words) {
    const places = index.keys.get(word.key)
    if (places) (word.value === undefined ? keys : numbers).add(places)
    const pair = word.value === undefined ? placesOfPair(word, index) : undefined
    if (pair) pairs.add(pair)
  }
  for (const { key, value } of context === '' ? [] : readWords(context)) {
    const places = value === undefined ? index.keys.get(key) : undefined
    if (places && !keys.has(places)) around.add(places)
  }
  return { keys: [...keys], pairs: [...pairs], numbers: [...numbers], around: [...around] }
}

/**
 * Returns the index of the first sentence that has most words and pairs, and at least the minimum of them; else -1. Words
 * of the context decide between equal ones, and then numbers. Each has one of the words or numbers.
 */
function bestSentence(
  { keys, pairs, numbers, around }: Wanted,
  { sentences, atLeast }: { readonly sentences: readonly ReadSentence[]; readonly atLeast: number },
): number {
  // The three counts of a sentence are one number, because an object for each sentence takes longer than the counting.
  const ofContext = numbers.length + 1
  const ofWord = (around.length + 1) * ofContext
  const values = sentences.map(() => 0)
  for (const places of keys) for (const at of places) values[at] = (values[at] ?? 0) + ofWord
  for (const places of numbers) for (const at of places) values[at] = (values[at] ?? 0) + 1
  // A sentence without any of these has only pairs of function words.
  for (const places of pairs) for (const at of places) if (values[at]) values[at] += ofWord
  for (const places of around) for (const at of places) if (values[at]) values[at] += ofContext
  const most = values.reduce((highest, value) => Math.max(highest, value), 0)
  return most < atLeast * ofWord || most === 0 ? -1 : values.indexOf(most)
}
