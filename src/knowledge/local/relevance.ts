import type { Source } from '../../core/vocabulary/sources.ts'
import type { Language } from '../text/languages/language.ts'
import { tokenize, weighTerms } from '../text/tokenize.ts'
import type { Candidate } from './quote-candidates.ts'

/** Share of the words of a question, by their length, that the source of its answer must have, unless one of them is its topic. */
const LEAST_COVERAGE = 0.33
/** The same for a question of two words, of which one can be an accident. */
const LEAST_COVERAGE_OF_TWO = 0.55

/**
 * The number of letters by which two words count as forms of one: many languages change the end of a word, and the
 * tokenizer does not know the suffixes of each.
 */
const STEM_CHARS = 5

/** A question, and the sources that were found for it. */
export interface AskedSources {
  /** The question. */
  readonly question: string
  /** The sources. */
  readonly sources: readonly Source[]
  /** The rules of their words. */
  readonly language: Language
}

/**
 * Returns true if a sentence can be an answer: its source has enough words of the question, or is about one of them. That
 * is a word in a heading, or one that the source repeats.
 */
export function isRelevant(
  { number, contextTerms }: Candidate,
  { question, sources, language }: AskedSources,
): boolean {
  const weights = weighTerms(question, language)
  const words = [...new Set(tokenize(question, language).words)]
  const asked = words.map((word) => ({ stem: stemOf(word), weight: weights.get(word) ?? 0, chars: word.length }))
  const source = sources.find((candidate) => candidate.number === number)
  const counts = new Map<string, number>()
  for (const stem of tokenize(source?.text ?? '', language).words.map(stemOf))
    counts.set(stem, (counts.get(stem) ?? 0) + 1)
  const above = new Set(Array.from(contextTerms, stemOf))
  const isTopic = ({ stem, weight }: (typeof asked)[number]): boolean =>
    weight === 1 && (above.has(stem) || (counts.get(stem) ?? 0) > 1)
  if (asked.some(isTopic)) return true
  // A long word is rarer than a short one, in every language.
  const sum = (some: typeof asked): number => some.reduce((total, { weight, chars }) => total + weight * chars, 0)
  const coverage = sum(asked.filter(({ stem }) => counts.has(stem))) / sum(asked)
  const strong = asked.filter(({ weight }) => weight === 1)
  return coverage >= (strong.length === 2 ? LEAST_COVERAGE_OF_TWO : LEAST_COVERAGE)
}

function stemOf(word: string): string {
  return word.slice(0, STEM_CHARS)
}
