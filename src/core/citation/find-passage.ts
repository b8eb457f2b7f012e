import type { PreparedSentence, PreparedText } from './prepare-text.ts'
import { readWords, type Word } from './read-words.ts'

/** Maximum number of sentences that support one claim. */
const MAX_SENTENCES = 3

/**
 * Returns the sentences of the source that a claim is based on, the best first: the sentence with most of its words and
 * pairs, and up to two more with at least two of the missing ones. Each has at least one content word of the claim. Numbers
 * only break ties, so that a wrong number cannot select a sentence; they decide if the claim has no other words. The words of
 * `context`, the sentence around the claim, break ties too: the subject may stand in another clause.
 */
export function findPassage(claim: PreparedText, source: PreparedText, context = ''): readonly PreparedSentence[] {
  const numbers = new Set(claim.words.flatMap(({ key, value }) => (value === undefined ? [] : key)))
  const missing = new Set(claim.words.flatMap(({ key, pair, value }) => (value === undefined ? [key, pair] : [])))
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

/** Returns the first sentence with the highest count, if one has the minimum. */
function bestSentence(sentences: readonly PreparedSentence[], wanted: Wanted): PreparedSentence | undefined {
  let best: PreparedSentence | undefined
  let most = 0
  for (const sentence of sentences) {
    const found = countFound(sentence.words, wanted)
    if (found < wanted.atLeast || found <= most) continue
    most = found
    best = sentence
  }
  return best
}

/** Returns the number of words and pairs found, plus a fraction for context and numbers; 0 without a content word. */
function countFound(words: readonly Word[], { missing, numbers, around }: Wanted): number {
  const found = new Set<string>()
  const foundAround = new Set<string>()
  let foundNumbers = 0
  let hasContent = false
  for (const { key, pair } of words) {
    if (missing.has(pair)) found.add(pair)
    if (missing.has(key)) {
      found.add(key)
      hasContent = true
    } else if (numbers.has(key) && !found.has(key)) {
      found.add(key)
      foundNumbers += 1
    } else if (around.has(key)) foundAround.add(key)
  }
  if (!hasContent && foundNumbers === 0) return 0
  const ties = (foundAround.size + foundNumbers / (numbers.size + 1)) / (around.size + 1)
  return found.size - foundNumbers + ties
}
