import type { Source } from '../core/vocabulary/sources.ts'
import { answerCheck } from './answer-type.ts'
import { quotableSentences } from './quotable-sentences.ts'
import { rarity, tokenize, weighTerms } from './tokenize.ts'

/** A sentence of a source, as it stands there. */
export interface Quote {
  /** The source's number. */
  readonly number: number
  readonly text: string
}

interface Candidate extends Quote {
  readonly terms: ReadonlySet<string>
  /** How good its source is beside the best one, from 0 to 1. */
  readonly sourceShare: number
}

interface ScoredCandidate extends Candidate {
  readonly position: number
  readonly score: number
}

/** The terms of the question, each with its share of the whole. */
type Shares = ReadonlyMap<string, number>

/** Added for a number to "how many", a name to "who", and so on. */
const ANSWER_TYPE_BONUS = 0.25

/** What the share of the question counts that a further sentence adds to those before it. */
const ADDED_SHARE_WEIGHT = 0.5

/** How much lower a further sentence may score than the first. */
const LARGEST_GAP = 0.5

/**
 * Picks the sentences that answer a question best, at most `maxSentences`. A sentence scores by the share of the
 * question that it holds (rare terms count more), by how good its source is, and by whether it holds the kind of thing
 * that is asked for. The best is picked first; each further one also scores by what it adds to those before it, and must
 * come close to the first. At the end, those of one source stand together and in their order.
 *
 * There is no quote where no sentence shares a term with the question. To a question without terms, such as "Who are
 * they?", the beginning of the best source is the answer.
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
  return sources.flatMap(({ number, text, score }, rank) => {
    // Where a score is missing or means something else, the order of the sources tells which is better.
    const sourceShare = score !== undefined && best > 0 ? Math.max(0, score / best) : 1 - rank / sources.length
    const headings = new Map<string, readonly string[]>()
    const termsOfHeading = (heading: string): readonly string[] => {
      const known = headings.get(heading)
      if (known) return known
      const terms = termsOf(heading)
      headings.set(heading, terms)
      return terms
    }
    return quotableSentences(text).map((sentence) => {
      // A sentence is about what its heading says, too.
      const terms = new Set([...termsOfHeading(sentence.heading), ...termsOf(sentence.text)])
      return { number, text: sentence.text, terms, sourceShare }
    })
  })
}

function termsOf(text: string): readonly string[] {
  const { words, pairs } = tokenize(text)
  return [...words, ...pairs]
}

/** The rarer a term is among the sentences, the larger is its share. */
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

/** The terms of a sentence that are also in a map; the shorter of the two is gone through. */
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

/** The best sentence, and those that complement it. */
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
    // Chunks and documents repeat one another, answers should not.
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
