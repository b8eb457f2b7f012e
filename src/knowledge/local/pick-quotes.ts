import type { Source } from '../../core/vocabulary/sources.ts'
import { answerCheck } from './answer-check.ts'
import { quotableSentences } from './quotable-sentences.ts'
import { rarity, tokenize, weighTerms } from '../text/tokenize.ts'

/** A sentence of a source, unchanged. */
export interface Quote {
  /** Number of the source. */
  readonly number: number
  /** The sentence. */
  readonly text: string
}

interface Candidate extends Quote {
  readonly terms: ReadonlySet<string>
  /** The score of its source relative to the best one, from 0 to 1. */
  readonly sourceShare: number
}

interface ScoredCandidate extends Candidate {
  readonly position: number
  readonly score: number
}

/** The weight of each term of the question; the weights add up to 1. */
type Shares = ReadonlyMap<string, number>

/** Bonus for a sentence of the asked kind: a number for "how many", a name for "who". */
const ANSWER_TYPE_BONUS = 0.25

/** Factor for the share of the question that a further sentence adds to the earlier ones. */
const ADDED_SHARE_WEIGHT = 0.5

/** Maximum difference between the scores of the first and a further sentence. */
const LARGEST_GAP = 0.5

/**
 * Picks the sentences that answer a question best, at most `maxSentences`. The score of a sentence adds its share of the
 * question's terms (rare terms count more), the score of its source, and a bonus for the asked kind, such as a date. The
 * best one is picked first. A further one also scores by the terms that it adds, and must come close to the first. In the
 * result, the sentences of one source are adjacent and in order.
 *
 * The result is empty if no sentence shares a term with the question. For a question without terms, such as "Who are
 * they?", it is the beginning of the best source.
 */
export function pickQuotes(question: string, sources: readonly Source[], maxSentences: number): readonly Quote[] {
  const candidates = candidatesOf(sources)
  const shares = sharesOf(question, candidates)
  const picked =
    shares.size === 0
      ? candidates.filter(({ number }) => number === candidates[0]?.number).slice(0, maxSentences)
      : inReadingOrder(pickComplements(scoreAll(question, candidates, shares), shares, maxSentences))
  return picked.map(({ number, text }) => ({ number, text }))
}

function candidatesOf(sources: readonly Source[]): readonly Candidate[] {
  const best = sources.reduce((best, { score = 0 }) => Math.max(best, score), 0)
  return sources.flatMap(({ number, text, score, title, section = [] }, rank) => {
    // Without a score, or if no score is positive, the order of the sources decides.
    const sourceShare = score !== undefined && best > 0 ? Math.max(0, score / best) : 1 - rank / sources.length
    const headings = new Map<string, readonly string[]>()
    const termsOfHeading = (heading: string): readonly string[] => {
      const known = headings.get(heading)
      if (known) return known
      const terms = termsOf(heading)
      headings.set(heading, terms)
      return terms
    }
    return quotableSentences(text, [title, ...section]).map((sentence) => {
      // The terms of the heading count for the sentence, too.
      const terms = new Set([...termsOfHeading(sentence.heading), ...termsOf(sentence.text)])
      return { number, text: sentence.text, terms, sourceShare }
    })
  })
}

function termsOf(text: string): readonly string[] {
  const { words, pairs } = tokenize(text)
  return [...words, ...pairs]
}

/** Returns the weights of the terms: the rarer a term is in the sentences, the larger its weight. */
function sharesOf(question: string, candidates: readonly Candidate[]): Shares {
  const terms = weighTerms(question)
  const frequencies = new Map<string, number>()
  for (const candidate of candidates) {
    for (const term of sharedTerms(candidate, terms)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  }
  const weights = Array.from(terms, ([term, weight]) => {
    return [term, weight * rarity(frequencies.get(term) ?? 0, candidates.length)] as const
  })
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  return new Map(weights.map(([term, weight]) => [term, weight / total]))
}

/** Returns the terms of a sentence that are also in a map; iterates over the smaller of the two. */
function sharedTerms({ terms }: Candidate, map: ReadonlyMap<string, number>): readonly string[] {
  if (terms.size < map.size) return [...terms].filter((term) => map.has(term))
  return [...map.keys()].filter((term) => terms.has(term))
}

/** Scores the sentences that share a term with the question. */
function scoreAll(question: string, candidates: readonly Candidate[], shares: Shares): readonly ScoredCandidate[] {
  const fitsType = answerCheck(question)
  return candidates.flatMap((candidate, position): ScoredCandidate[] => {
    const share = heldShare(candidate, shares)
    if (share === 0) return []
    const bonus = fitsType(candidate.text) ? ANSWER_TYPE_BONUS : 0
    return [{ ...candidate, position, score: share + candidate.sourceShare + bonus }]
  })
}

function heldShare(candidate: Candidate, shares: Shares): number {
  return sharedTerms(candidate, shares).reduce((held, term) => held + (shares.get(term) ?? 0), 0)
}

/** Returns the best sentence and those that complement it. */
function pickComplements(
  candidates: readonly ScoredCandidate[],
  shares: Shares,
  maxSentences: number,
): readonly ScoredCandidate[] {
  const first = bestOf(candidates, ({ score }) => score)
  if (!first) return []
  const picked = [first]
  const missing = new Map(shares)
  let left = candidates.filter(({ score }) => score >= first.score - LARGEST_GAP)
  let last = first
  while (picked.length < maxSentences) {
    for (const term of last.terms) missing.delete(term)
    // Chunks and documents may repeat sentences; an answer should not.
    left = left.filter(({ text }) => text !== last.text)
    const next = bestOf(left, (candidate) => candidate.score + ADDED_SHARE_WEIGHT * heldShare(candidate, missing))
    if (!next) break
    picked.push(next)
    last = next
  }
  return picked
}

function bestOf<T>(candidates: readonly T[], valueOf: (candidate: T) => number): T | undefined {
  let best: T | undefined
  let bestValue = -Infinity
  for (const candidate of candidates) {
    const value = valueOf(candidate)
    if (value > bestValue) [best, bestValue] = [candidate, value]
  }
  return best
}

function inReadingOrder(picked: readonly ScoredCandidate[]): readonly ScoredCandidate[] {
  const numbers = picked.map(({ number }) => number)
  return picked.toSorted((a, b) => numbers.indexOf(a.number) - numbers.indexOf(b.number) || a.position - b.position)
}
