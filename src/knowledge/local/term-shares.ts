import { rarity } from '../search/rarity.ts'
import type { Candidate } from './quote-candidates.ts'

/** The weight of each term of the question; the weights add up to 1. */
export type Shares = ReadonlyMap<string, number>

/** Factor for a term that only a heading above the sentence has. */
const CONTEXT_FACTOR = 0.7

/** Returns the weights of the terms: the rarer a term is in the sentences, the larger its weight. */
export function sharesOf(terms: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares {
  const frequencies = new Map<string, number>()
  for (const candidate of candidates) {
    for (const term of terms.keys())
      if (holds(candidate, term) > 0) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  }
  const rarityOf = (term: string): number => rarity(frequencies.get(term) ?? 0, candidates.length)
  // A pair is rarer than its words, but must not outweigh them.
  const highest = Math.max(...Array.from(terms, ([term, weight]) => (weight < 1 ? 0 : rarityOf(term))))
  const weights = Array.from(terms, ([term, weight]) => [term, weight * Math.min(highest, rarityOf(term))] as const)
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  return new Map(weights.map(([term, weight]) => [term, weight / total]))
}

/** Returns how much a term of the question counts for a sentence, from 0 to 1. */
export function holds({ terms, contextTerms }: Candidate, term: string): number {
  return terms.has(term) ? 1 : contextTerms.has(term) ? CONTEXT_FACTOR : 0
}

/** Returns the share of the question that a set of terms has. */
export function shareOf(terms: ReadonlySet<string>, shares: Shares): number {
  let held = 0
  for (const [term, share] of shares) if (terms.has(term)) held += share
  return held
}

/** Returns the share of the question that a sentence has, with the headings above it. */
export function heldShare(candidate: Candidate, shares: Shares): number {
  let held = 0
  for (const [term, share] of shares) held += holds(candidate, term) * share
  return held
}
