import type { Source } from '../../core/vocabulary/sources.ts'
import type { Language } from '../text/languages/language.ts'
import { tokenize } from '../text/tokenize.ts'
import { quotableSentences, type QuotableSentence } from './quotable-sentences.ts'

/** A sentence that an answer can quote. */
export interface Candidate extends QuotableSentence {
  /** Number of its source. */
  readonly number: number
  /** Id of the document of its source. */
  readonly documentId: string
  /** Its words, as their stems. */
  readonly words: readonly string[]
  /** Its terms. */
  readonly terms: ReadonlySet<string>
  /** The terms of the title and of the headings above it. */
  readonly contextTerms: ReadonlySet<string>
  /** The terms of the title of its document. */
  readonly titleTerms: ReadonlySet<string>
  /** The score of its source relative to the best one, from 0 to 1. */
  readonly sourceShare: number
}

/** Returns the sentences of the sources, in order, with their terms by the rules of a language. */
export function candidatesOf(sources: readonly Source[], language: Language): readonly Candidate[] {
  const termsOf = (text: string): readonly string[] => {
    const { words, pairs } = tokenize(text, language)
    return [...words, ...pairs]
  }
  const best = sources.reduce((highest, { score = 0 }) => Math.max(highest, score), 0)
  return sources.flatMap(({ number, documentId, text, score, title, section = [], verbatimEnd }, rank) => {
    // Without a score, or if no score is positive, the order of the sources decides.
    const sourceShare = score !== undefined && best > 0 ? Math.max(0, score / best) : 1 - rank / sources.length
    const above = [title ?? '', ...section]
    const titleTerms = new Set(termsOf(title ?? ''))
    const common = new Set(above.flatMap(termsOf))
    const contexts = new Map<string, ReadonlySet<string>>()
    const contextOf = (heading: string): ReadonlySet<string> => {
      const known = contexts.get(heading)
      if (known) return known
      const terms = above.includes(heading) ? common : new Set([...common, ...termsOf(heading)])
      contexts.set(heading, terms)
      return terms
    }
    return quotableSentences(text, { headings: above.filter(Boolean), verbatimEnd }).map((sentence) => ({
      ...sentence,
      number,
      documentId,
      words: tokenize(sentence.text, language).words,
      terms: new Set([...termsOf(sentence.text), ...termsOf(sentence.code ?? '')]),
      contextTerms: contextOf(sentence.heading),
      titleTerms,
      sourceShare,
    }))
  })
}
