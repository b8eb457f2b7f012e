import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { CitationSupport } from '../vocabulary/citations.ts'
import { expectOptions } from '../options/expect-options.ts'
import type { Source } from '../vocabulary/sources.ts'
import { findDisagreements } from './find-disagreements.ts'
import { hasForeignName } from './foreign-names.ts'
import { monthIn } from './figures/months.ts'
import { isRepetition } from './figures/repetitions.ts'
import { findPassage } from './find-passage.ts'
import { familiarity } from './index-words.ts'
import { addsWords, joinTexts } from './join-texts.ts'
import { oncePerObject } from './once-per-object.ts'
import { readWords } from './read-words.ts'
import { restatedWords } from './restated-words.ts'
import { splitFraming } from './split-framing.ts'
import { scoreClaim, scoreTogether } from './score-claim.ts'
import type { Word } from './word.ts'
import {
  prepareText,
  readText,
  scriptsOf,
  type PreparedText,
  type ReadSentence,
  type ReadText,
} from './prepare-text.ts'

/** Minimum score of `supported`: most words of the claim are in the source, in the same order. */
const SUPPORTED = 0.65
/** Scores below it are `unsupported`: hardly any word of the claim is in the source. */
const UNSUPPORTED = 0.25
/** Minimum score of a claim whose first words may be an introduction. */
const AGREEMENT_OF_REST = 0.8
/** Claim and source are in different scripts when the share of words in one script differs by more than this. */
const SCRIPT_DIFFERENCE = 0.5

/**
 * Creates the built-in check. It compares words, so it spends no tokens. Its time is linear in claim and source; each
 * source object is prepared once.
 *
 * `unsupported` means that the words of the claim are not in the source. `supported` means that most of them are, and that
 * its numbers, units, negations, names and quotes agree with the source; it does not mean that the claim is true. A
 * contradiction makes a claim `weak`, never `unsupported`. The outcome is `undefined` for a claim without words to compare,
 * and if claim and source are in different scripts.
 *
 * The passage is the sentence of the source's text that has most of the claim's words. There is none if no sentence has a
 * content word of the claim, as when only the title has them.
 *
 * Sources that a claim cites together are judged together where one alone lacks words of the claim. A source without two
 * words of its own keeps its own label. Words of the rest of the sentence only help to find the passage.
 *
 * A reason has the form `kind` or `kind:value`. It has at most 60 UTF-16 code units and no line break. There are at most
 * nine reasons.
 *
 * | reason | the claim has |
 * |---|---|
 * | `number:85`, `number:ISO27001` | a number, sign, version, clock time or code that the supporting sentences do not have |
 * | `date:1993`, `date:june` | a year or a month that they do not have |
 * | `unit:km` | one of their numbers with another unit, or followed by another word |
 * | `negation` | a negation that they do not have, or the reverse |
 * | `name:Tesla` | a word with a capital that the source does not have; not in German |
 * | `replaced:rose` | words in the place of others, where the rest of the claim repeats the source |
 * | `quote:the words in quotation marks` | a quote, or code between backticks, that is not literally in the source |
 * | `missing-words` | too few words of the source: exactly if the score is too low for `supported` |
 */
export function createCitationCheck(options: Readonly<Record<string, never>> = {}): CitationCheck {
  expectOptions(options, {}, { of: 'createCitationCheck' })
  const prepare = oncePerObject(({ text, title, section = [] }: Source) => prepareText(text, [title, ...section]))
  const join = oncePerObject((sources: readonly Source[]) => joinTexts(sources.map(prepare)))
  const scoreInAll = oncePerObject(({ words, sources }: ReadClaim) => ({
    score: scoreTogether(words, sources.map(prepare)) ?? 0,
  }))
  // The last claim of the sources that it cites together: it is checked against each of them.
  const read = new WeakMap<readonly Source[], ReadClaim>()

  function readClaim(text: string, sources: readonly Source[]): ReadClaim {
    const known = read.get(sources)
    if (known?.text === text) return known
    const claim = { text, words: readText(text), sources }
    if (sources.length > 1) read.set(sources, claim)
    return claim
  }

  return ({ claim: written, source, together = [source], sentence = '' }) => {
    const text = withoutFraming(withoutListNumber(written), prepare(source))
    const claim = readClaim(text, together)
    const context = sentence === written ? '' : sentence
    const own = checkClaim(claim, prepare(source), context)
    if (together.length === 1 || !own?.reasons.includes('missing-words')) return own
    if (own.support === 'unsupported' && !addsWords(claim.words, together.map(prepare), prepare(source))) return own
    // Joining the sources takes longer than the check.
    if (scoreInAll(claim).score < SUPPORTED && !mayBeRestated(claim.words)) return own
    const common = checkClaim(claim, join(together), context)
    if (!common || common.reasons.includes('missing-words')) return own
    const { support, reasons } = common
    return { ...own, support, reasons }
  }
}

/** Removes the number of a list item. "15. März" is a date. */
function withoutListNumber(claim: string): string {
  const [number = '', next = ''] = LIST_NUMBER.exec(claim) ?? []
  const isDate = next !== '' && monthIn(next.toLowerCase(), { isCapital: true }) !== undefined
  return isDate ? claim : claim.slice(number.length)
}

/** Removes an introduction, unless the source has its words: then it is a part of the claim. */
function withoutFraming(claim: string, source: PreparedText): string {
  const { text, framing, isCertain } = splitFraming(claim)
  if (framing === '') return claim
  const words = readWords(framing.replace(SOURCE_NUMBER, '')).filter(({ key, isNegation }) => key || isNegation)
  const isOwn = words.some(({ text }) => /\d/u.test(text)) || hasForeignName(words, source)
  const known = words.filter((word) => familiarity(word, source.index) > 0).length
  // A denial is a part of the claim: "It is not true what the report says, …".
  if (isOwn || known * 2 > words.length || words.some(({ isNegation }) => isNegation)) return claim
  // Words that only may introduce the claim are left out if the source has none of them, and nearly all of the rest.
  if (isCertain) return text
  return known === 0 && (scoreClaim(readText(text), source) ?? 0) >= AGREEMENT_OF_REST ? text : claim
}

interface ReadClaim {
  readonly text: string
  readonly words: ReadText
  /** The sources that it cites together. */
  readonly sources: readonly Source[]
}

/** Checks a claim. `context` is its sentence, if it is a part of that. */
function checkClaim(
  { text, words: claim }: ReadClaim,
  source: PreparedText,
  context: string,
): CitationSupport | undefined {
  const score = scoreClaim(claim, source)
  if (score === undefined || (score < SUPPORTED && isOtherScript(claim, source))) return undefined
  const passage = findPassage(claim, source, context)
  const reasons = findDisagreements(text, { claim, source, passage })
  const [best] = passage
  const isRestated = score < SUPPORTED && mayBeRestated(claim) && !reasons.some((reason) => FIGURE_REASON.test(reason))
  const label = labelOf(isRestated ? scoreWithoutRestated(claim, { source, passage, score }) : score, reasons)
  return { ...label, ...(best && { passage: best.range }) }
}

/** Returns true if a claim is short, and has a figure or a name, which a source may write in another way. */
function mayBeRestated({ words }: ReadText): boolean {
  const isFigure = ({ value, text, name }: Word) => value !== undefined || name !== undefined || isRepetition(text)
  return words.length <= MOST_WORDS_RESTATED && words.some(isFigure)
}

/** In a longer claim, the words of one figure hardly change the score. */
const MOST_WORDS_RESTATED = 16
const FIGURE_REASON = /^(?:number|date|unit|replaced):/u

/** Returns the score of a claim without the figures and names that are written in another way, unless it has nothing else. */
function scoreWithoutRestated(
  claim: ReadText,
  {
    source,
    passage,
    score,
  }: { readonly source: PreparedText; readonly passage: readonly ReadSentence[]; readonly score: number },
): number {
  const words = [...source.title, ...passage.flatMap((sentence) => [...sentence.heading, ...sentence.words])]
  const restated = restatedWords(claim.words, { passage: words, source: source.words })
  return restated.size === 0 ? score : Math.max(score, scoreClaim(claim, source, restated) ?? score)
}

function labelOf(score: number, reasons: readonly string[]): CitationSupport {
  if (score >= SUPPORTED) return { support: reasons.length > 0 ? 'weak' : 'supported', reasons }
  return { support: score < UNSUPPORTED ? 'unsupported' : 'weak', reasons: [...reasons, 'missing-words'] }
}

function isOtherScript(claim: ReadText, source: PreparedText): boolean {
  const shares = source.scripts()
  return scriptsOf(claim.words).some((share, index) => Math.abs(share - (shares[index] ?? 0)) > SCRIPT_DIFFERENCE)
}

// "According to source 1": the number is no figure.
const SOURCE_NUMBER =
  /(?<=\b(?:source|document|passage|section|quelle|dokument|abschnitt|fuente|fonte)\s|来源|文档|资料)\d{1,3}(?!\d)/giu
const LIST_NUMBER = /^\s*\d+[.)、]\s(?=\s*(\p{L}*))/u
