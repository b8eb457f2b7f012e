import type { Source } from '../../core/vocabulary/sources.ts'
import { ENGLISH, type Language } from '../text/languages/language.ts'
import { weighTerms } from '../text/tokenize.ts'
import { answerCheck } from './answer-check.ts'
import { answerKindOf } from './answer-types.ts'
import { askedForm, type AskedForm } from './asked-form.ts'
import { definitionCheck } from './definition-check.ts'
import type { Introduced } from './introduced.ts'
import { candidatesOf, type Candidate } from './quote-candidates.ts'
import { readability, refersAway, refersBack } from './readability.ts'
import { isRelevant } from './relevance.ts'
import { heldShare, holds, shareOf, sharesOf, type Shares } from './term-shares.ts'

/** A sentence of a source, with the list or the code that it introduces. */
export interface Quote extends Introduced {
  /** Number of the source. */
  readonly number: number
  /** The sentence as plain text. */
  readonly text: string
}

/** Options of {@link pickQuotes}. */
export interface PickQuotesOptions {
  /** Maximum number of sentences. @defaultValue 2, and 3 of a passage; see {@link pickQuotes} */
  readonly maxSentences?: number | undefined
  /** The rules by which words are compared. @defaultValue English */
  readonly language?: Language | undefined
}

interface ScoredCandidate extends Candidate {
  readonly position: number
  /** Its share of the question. */
  readonly share: number
  /** True if it has the kind of answer that the question asks for. */
  readonly fits: boolean
  readonly score: number
  /** True for the first sentence below a heading that the question names. */
  readonly opensSection: boolean
  /** True if it has the steps or the list that the question asks for. */
  readonly hasForm: boolean
}

/** Bonus for a sentence of the asked kind: a number for "how many", a name for "who". */
const ANSWER_TYPE_BONUS = 0.25

/** Bonus for a sentence that begins with what "What is …?" asks for. */
const DEFINITION_BONUS = 0.5

/** Bonus for code and steps, if the question asks how to do something, and for a list, if it asks which ones. */
const FORM_BONUS = 0.15

/** Loss of a sentence that has no words but those of a question about a time, a place or another fact. */
const ECHO_LOSS = 0.45

/** Loss of a line that ends like a heading. */
const UNFINISHED_LOSS = 0.6

/** Bonus for the first sentence below a heading that the question names. */
const OPENING_BONUS = 0.2

/** Minimum share of the question in the headings of a section that the question names. */
const NAMED_SHARE = 0.5

/** Factor for the share of the question that the title of the document has. */
const TITLE_WEIGHT = 0.2

/** Factor for the share of the question that a further sentence adds to the earlier ones. */
const ADDED_SHARE_WEIGHT = 0.5

/** Bonus of a further sentence that is next to an earlier one in its paragraph. */
const NEIGHBOUR_BONUS = 0.1

/** The same for a passage of several sentences. */
const PASSAGE_BONUS = 0.25

/** Bonus of the sentence before one that refers back to it. */
const LEAD_BONUS = 0.5

/** Number of sentences that answer a question about a fact. */
const USUAL_SENTENCES = 2

/** Number of sentences of a passage. */
const PASSAGE_SENTENCES = 3

/** A sentence with this share of the question answers it, and needs no passage around it. */
const ENOUGH_SHARE = 0.75

/** Maximum difference between the scores of the first and a further sentence. */
const LARGEST_GAP = 0.5

/** A sentence of another document must add this share of the question, */
const LEAST_ADDED_SHARE = 0.15

/** and its score may be at most this much lower than that of the first one. */
const LARGEST_GAP_OF_OTHERS = 0.15

/**
 * Picks the sentences that answer a question best, at most `maxSentences`. The score of a sentence adds its share of the
 * question's terms (rare terms count more), the score of its source, and a bonus for the asked kind, such as a date. The
 * best one is picked first. A further one also scores by the terms that it adds, and must come close to the first. In the
 * result, the sentences of one source are adjacent and in order.
 *
 * By default, two sentences are picked, and a passage of three from the beginning of the section that the question names, or
 * if the best sentence has neither the asked kind nor most of the question: then the answer is often next to it. A sentence
 * that refers back, as in "It closes at noon", comes with the one before it.
 *
 * The result is empty if no sentence shares a term with the question, or only a small part of them. For a question without
 * terms, such as "Who are they?", it is the beginning of the best source.
 */
export function pickQuotes(
  question: string,
  sources: readonly Source[],
  { maxSentences, language = ENGLISH }: PickQuotesOptions = {},
): readonly Quote[] {
  const candidates = candidatesOf(sources, language)
  const shares = sharesOf(weighTerms(question, language), candidates)
  if (shares.size === 0) {
    const ofBest = candidates.filter(({ number }) => number === candidates[0]?.number)
    return toQuotes(ofBest.slice(0, maxSentences ?? USUAL_SENTENCES))
  }
  const scored = scoreAll(question, candidates, { shares, language })
  const first = bestOf(
    scored.filter(({ share }) => share > 0),
    ({ score }) => score,
  )
  if (!first || !isRelevant(first, { question, sources, language })) return []
  return toQuotes(inReadingOrder(withComplements(first, scored, { shares, maxSentences })))
}

function toQuotes(picked: readonly Candidate[]): readonly Quote[] {
  return picked.map(({ number, text, items, code }) => ({
    number,
    text,
    ...(items && { items }),
    ...(code && { code }),
  }))
}

/** Scores all sentences. */
function scoreAll(
  question: string,
  candidates: readonly Candidate[],
  { shares, language }: { readonly shares: Shares; readonly language: Language },
): readonly ScoredCandidate[] {
  const asksFact = answerKindOf(question, language.code) !== undefined
  const fitsType = answerCheck(question, language.code)
  const defines = definitionCheck(question)
  const form = askedForm(question)
  return candidates.map((candidate, position): ScoredCandidate => {
    const share = heldShare(candidate, shares)
    const previous = candidates[position - 1]
    const isFirst = previous?.number !== candidate.number || previous.heading !== candidate.heading
    const opensSection = isFirst && shareOf(candidate.contextTerms, shares) >= NAMED_SHARE
    const isForm = hasForm(candidate, form)
    const fits = fitsType(candidate.text)
    const bonus =
      (fits ? ANSWER_TYPE_BONUS : 0) +
      defines(candidate.text) * DEFINITION_BONUS +
      (isForm ? FORM_BONUS : 0) +
      (opensSection ? OPENING_BONUS : 0) +
      TITLE_WEIGHT * shareOf(candidate.titleTerms, shares)
    const loss =
      (asksFact && isEcho(candidate, shares) ? ECHO_LOSS : 0) + (candidate.isUnfinished ? UNFINISHED_LOSS : 0)
    const score = share + candidate.sourceShare + bonus + readability(candidate.text, language) - loss
    return { ...candidate, position, share, fits, score, opensSection, hasForm: isForm }
  })
}

function hasForm({ code, items }: Candidate, form: AskedForm | undefined): boolean {
  return form !== undefined && (items !== undefined || (form === 'steps' && code !== undefined))
}

/** Returns true for a sentence that only repeats the question and shows nothing else. */
function isEcho({ words, items, code }: Candidate, shares: Shares): boolean {
  return !items && code === undefined && words.every((word) => shares.has(word))
}

interface Complementing {
  readonly shares: Shares
  readonly maxSentences: number | undefined
}

/** Returns the best sentence and those that complement it. */
function withComplements(
  first: ScoredCandidate,
  candidates: readonly ScoredCandidate[],
  { shares, maxSentences }: Complementing,
): readonly ScoredCandidate[] {
  const picked = [first]
  const missing = new Map(shares)
  const isPassage = first.opensSection || (!first.fits && shareOf(first.terms, shares) < ENOUGH_SHARE)
  const most = maxSentences ?? (isPassage ? PASSAGE_SENTENCES : USUAL_SENTENCES)
  let left = candidates.filter(({ text, isUnfinished }) => !isUnfinished && !refersAway(text))
  let last = first
  while (picked.length < most) {
    for (const term of missing.keys()) if (holds(last, term) > 0) missing.delete(term)
    // Chunks and documents may repeat sentences; an answer should not.
    left = left.filter((candidate) => candidate.text !== last.text && !isShownBy(candidate, last))
    const added = new Map(left.map((candidate) => [candidate, heldShare(candidate, missing)]))
    const fitting = left.filter((candidate) => {
      // Steps need no more than the sentence before or behind them.
      if (maxSentences === undefined && (first.hasForm || picked.length >= USUAL_SENTENCES))
        return isNextTo(picked, candidate)
      if (isLead(picked, candidate) || (isPassage && isBehind(picked, candidate))) return true
      if (candidate.share === 0 || candidate.score < first.score - LARGEST_GAP) return false
      const isOwn = candidate.documentId === first.documentId
      const isClose = candidate.score >= first.score - LARGEST_GAP_OF_OTHERS
      return isOwn || (isClose && (added.get(candidate) ?? 0) >= LEAST_ADDED_SHARE)
    })
    const next = bestOf(fitting, (candidate) => {
      const nextTo = isNextTo(picked, candidate) ? (isPassage ? PASSAGE_BONUS : NEIGHBOUR_BONUS) : 0
      const bonus = isLead(picked, candidate) ? LEAD_BONUS : nextTo
      return candidate.score + ADDED_SHARE_WEIGHT * (added.get(candidate) ?? 0) + bonus
    })
    if (!next) break
    picked.push(next)
    last = next
  }
  return picked
}

/** Returns true for an item of a list that the other sentence introduces and shows. */
function isShownBy(candidate: Candidate, { number, paragraph, items }: Candidate): boolean {
  return items !== undefined && candidate.number === number && candidate.paragraph === paragraph
}

/** Returns true if a sentence is before or behind one of the others in its paragraph. */
function isNextTo(picked: readonly ScoredCandidate[], candidate: ScoredCandidate): boolean {
  return isBehind(picked, candidate) || picked.some((other) => isBehind([candidate], other))
}

/** Returns true if a sentence is directly behind one of the others in its paragraph. */
function isBehind(picked: readonly ScoredCandidate[], { number, paragraph, position }: ScoredCandidate): boolean {
  return picked.some(
    (other) => other.number === number && other.paragraph === paragraph && position - other.position === 1,
  )
}

/** Returns true for the sentence before one of the others that refers back to it. */
function isLead(picked: readonly ScoredCandidate[], candidate: ScoredCandidate): boolean {
  return picked.some((other) => refersBack(other.text) && isBehind([candidate], other))
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
