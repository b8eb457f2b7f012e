import { oncePerObject } from './once-per-object.ts'
import type { PreparedSentence, PreparedText } from './prepare-text.ts'
import { readWords } from './read-words.ts'

/** Maximum number of sentences that support one claim. */
const MAX_SENTENCES = 3

/**
 * Returns the sentences of the source that a claim is based on, the best first: the sentence with most of its words and
 * pairs, and up to two more with at least two of the missing ones. Each has at least one content word of the claim. Numbers
 * only break ties, so that a wrong number cannot select a sentence; they decide if the claim has no other words. The words of
 * `context`, the sentence around the claim, break ties too: the subject may stand in another clause.
 */
export function findPassage(claim: PreparedText, source: PreparedText, context = ''): readonly PreparedSentence[] {
  const numbers = new Set<string>()
  const missing = new Set<string>()
  for (const { key, pair, value } of claim.words) {
    if (value === undefined) missing.add(key).add(pair)
    else numbers.add(key)
  }
  missing.delete('')
  const around = new Set(context && readWords(context).flatMap(({ key, value }) => (value === undefined ? key : [])))
  around.delete('')
  for (const key of missing) around.delete(key)
  const passage: PreparedSentence[] = []
  // A number alone is enough only if there is nothing else to look for.
  let atLeast = missing.size > 0 ? 1 : Number.MIN_VALUE
  while (passage.length < MAX_SENTENCES) {
    const best = bestSentence(source.sentences, { missing, numbers, around, atLeast })
    if (!best) break
    passage.push(best)
    atLeast = 2
    for (const { key, pair } of best.words) {
      missing.delete(key)
      missing.delete(pair)
    }
    if (missing.size < atLeast) break
  }
  return passage
}

interface Wanted {
  /** The words and pairs of the claim that no sentence of the passage has. */
  readonly missing: ReadonlySet<string>
  /** The numbers of the claim. */
  readonly numbers: ReadonlySet<string>
  /** The words of its sentence that the claim lacks. */
  readonly around: ReadonlySet<string>
  /** Minimum count. */
  readonly atLeast: number
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

/** Returns the first sentence with the highest count, if one has the minimum. */
function bestSentence(sentences: readonly PreparedSentence[], wanted: Wanted): PreparedSentence | undefined {
  let best = -1
  let most = 0
  for (const [at, counts] of countAll(sentences, wanted)) {
    const found = valueOf(counts, wanted)
    if (found < wanted.atLeast || found < most || (found === most && at > best)) continue
    most = found
    best = at
  }
  return sentences[best]
}

/** Counts what each sentence has, only for those that have something. */
function countAll(
  sentences: readonly PreparedSentence[],
  { missing, numbers, around }: Wanted,
): ReadonlyMap<number, Counts> {
  const holders = holdersOf(sentences)
  const all = new Map<number, Counts>()
  const count = (form: string, add: (counts: Counts) => void): void => {
    for (const at of holders.get(form) ?? []) {
      let counts = all.get(at)
      if (!counts) {
        counts = { found: 0, around: 0, numbers: 0, hasContent: false }
        all.set(at, counts)
      }
      add(counts)
    }
  }
  for (const form of missing) {
    const isPair = form.includes(' ')
    count(form, (counts) => {
      counts.found += 1
      counts.hasContent ||= !isPair
    })
  }
  for (const key of numbers) count(key, (counts) => void (counts.numbers += 1))
  for (const key of around) count(key, (counts) => void (counts.around += 1))
  return all
}

/** Returns the number of words and pairs, plus a fraction for context and numbers; 0 without a content word. */
function valueOf({ found, around, numbers, hasContent }: Counts, wanted: Wanted): number {
  if (!hasContent && numbers === 0) return 0
  return found + (around + numbers / (wanted.numbers.size + 1)) / (wanted.around.size + 1)
}

/** Returns the sentences that have each key and each pair. A source is compared with many claims. */
const holdersOf = oncePerObject((sentences: readonly PreparedSentence[]): ReadonlyMap<string, readonly number[]> => {
  const holders = new Map<string, number[]>()
  for (const [at, { words }] of sentences.entries()) {
    for (const { key, pair } of words) {
      addPlace(holders, key, at)
      addPlace(holders, pair, at)
    }
  }
  return holders
})

function addPlace(holders: Map<string, number[]>, form: string, at: number): void {
  const places = holders.get(form)
  if (!places) holders.set(form, [at])
  else if (places.at(-1) !== at) places.push(at)
}
