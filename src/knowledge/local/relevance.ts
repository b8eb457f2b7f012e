import type { Source } from '../../core/vocabulary/sources.ts'
import { tokenize, weighTerms } from '../text/tokenize.ts'
import type { Candidate } from './quote-candidates.ts'

/** Share of the words of a question that the source of its answer must have, unless one of them is its topic. */
const LEAST_COVERAGE = 0.4
/** The same for a question of two words, of which one can be an accident. */
const LEAST_COVERAGE_OF_TWO = 0.6

/**
 * Returns true if a sentence can be an answer: its source has enough words of the question, or is about one of them. That
 * is a word in a heading, or one that the source repeats.
 */
export function isRelevant(question: string, { number, contextTerms }: Candidate, sources: readonly Source[]): boolean {
  const weights = weighTerms(question)
  const asked = [...new Set(tokenize(question).words)].map((word) => ({ word, weight: weights.get(word) ?? 0 }))
  const counts = new Map<string, number>()
  const source = sources.find((candidate) => candidate.number === number)
  for (const word of tokenize(source?.text ?? '').words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const isTopic = ({ word, weight }: (typeof asked)[number]): boolean =>
    weight === 1 && (contextTerms.has(word) || (counts.get(word) ?? 0) > 1)
  if (asked.some(isTopic)) return true
  const sum = (words: typeof asked): number => words.reduce((total, { weight }) => total + weight, 0)
  const coverage = sum(asked.filter(({ word }) => counts.has(word))) / sum(asked)
  const strong = asked.filter(({ weight }) => weight === 1)
  return coverage >= (strong.length === 2 ? LEAST_COVERAGE_OF_TWO : LEAST_COVERAGE)
}
