import { placesOfPair, type Places, type WordIndex } from './index-words.ts'
import type { PreparedSentence, PreparedText } from './prepare-text.ts'
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
export function findPassage(claim: PreparedText, source: PreparedText, context = ''): readonly PreparedSentence[] {
  const { sentences, index } = source
  const wanted = wantedOf(claim.words, { index, context })
  const passage: PreparedSentence[] = []
  // A number alone is enough only if there is nothing else to look for.
  let atLeast = claim.words.some(isWanted) ? 1 : Number.MIN_VALUE
  while (passage.length < MAX_SENTENCES) {
    const best = sentences[bestSentence(wanted, { index, atLeast })]
    if (!best) break
    passage.push(best)
    atLeast = 2
    for (const word of best.words) {
      wanted.keys.delete(index.keys.get(word.key))
      wanted.pairs.delete(placesOfPair(word, index))
    }
    if (wanted.keys.size + wanted.pairs.size < atLeast) break
  }
  return passage
}

interface Wanted {
  /** The words of the claim that the source has, but no sentence of the passage. */
  readonly keys: Set<Places | undefined>
  /** The same for the pairs. */
  readonly pairs: Set<Places | undefined>
  /** The numbers of the claim. */
  readonly numbers: ReadonlySet<string>
  /** The words of its sentence that the claim lacks. */
  readonly around: ReadonlySet<string>
}

function isWanted({ value, key, previous }: Word): boolean {
  return value === undefined && (key !== '' || previous !== '')
}

function wantedOf(
  words: readonly Word[],
  { index, context }: { readonly index: WordIndex; readonly context: string },
): Wanted {
  const [keys, pairs] = [new Set<Places | undefined>(), new Set<Places | undefined>()]
  const numbers = new Set<string>()
  const around = new Set(context && readWords(context).flatMap(({ key, value }) => (value === undefined ? key : [])))
  around.delete('')
  for (const word of words) {
    if (word.value === undefined) {
      keys.add(index.keys.get(word.key))
      pairs.add(placesOfPair(word, index))
      around.delete(word.key)
    } else numbers.add(word.key)
  }
  keys.delete(undefined)
  pairs.delete(undefined)
  return { keys, pairs, numbers, around }
}

/** The counts of one sentence. */
interface Counts {
  /** Words and pairs. */
  found: number
  /** Words of the context. */
  around: number
  /** Numbers. */
  numbers: number
  /** True if one of the words is there, not only a pair. */
  hasContent: boolean
}

/** Returns the number of the first sentence with the highest count, if one has the minimum; else -1. */
function bestSentence(
  wanted: Wanted,
  { index, atLeast }: { readonly index: WordIndex; readonly atLeast: number },
): number {
  let best = -1
  let most = 0
  for (const [at, counts] of countAll(wanted, index)) {
    const found = valueOf(counts, wanted)
    if (found < atLeast || found < most || (found === most && at > best)) continue
    most = found
    best = at
  }
  return best
}

/** Counts what each sentence has, only for those that have something. */
function countAll(wanted: Wanted, index: WordIndex): ReadonlyMap<number, Counts> {
  const all = new Map<number, Counts>()
  const count = (places: Places | undefined, add: (counts: Counts) => void): void => {
    for (const at of places ?? []) {
      let counts = all.get(at)
      if (!counts) {
        counts = { found: 0, around: 0, numbers: 0, hasContent: false }
        all.set(at, counts)
      }
      add(counts)
    }
  }
  for (const places of wanted.keys) {
    count(places, (counts) => {
      counts.found += 1
      counts.hasContent = true
    })
  }
  for (const places of wanted.pairs) count(places, (counts) => void (counts.found += 1))
  for (const key of wanted.numbers) count(index.keys.get(key), (counts) => void (counts.numbers += 1))
  for (const key of wanted.around) count(index.keys.get(key), (counts) => void (counts.around += 1))
  return all
}

/** Returns the number of words and pairs, plus a fraction for context and numbers; 0 without a content word. */
function valueOf({ found, around, numbers, hasContent }: Counts, wanted: Wanted): number {
  if (!hasContent && numbers === 0) return 0
  return found + (around + numbers / (wanted.numbers.size + 1)) / (wanted.around.size + 1)
}
