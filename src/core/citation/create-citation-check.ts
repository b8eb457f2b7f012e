import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { CitationSupport } from '../vocabulary/citations.ts'
import { expectOptions } from '../options/expect-options.ts'
import type { Source } from '../vocabulary/sources.ts'
import { findDisagreements } from './find-disagreements.ts'
import { findPassage } from './find-passage.ts'
import { scoreClaim } from './score-claim.ts'
import { prepareText, type PreparedText } from './prepare-text.ts'

/** Minimum score of `supported`: most words of the claim are in the source, in the same order. */
const SUPPORTED = 0.65
/** Scores below it are `unsupported`: hardly any word of the claim is in the source. */
const UNSUPPORTED = 0.25
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
 * A reason has the form `kind` or `kind:value`. It has at most 60 UTF-16 code units and no line break. There are at most
 * nine reasons.
 *
 * | reason | the claim has |
 * |---|---|
 * | `number:85`, `date:1993`, `date:june` | a number, year or month that the supporting sentences do not have |
 * | `unit:km` | one of their numbers with another unit |
 * | `negation` | a negation that they do not have, or the reverse |
 * | `name:Tesla` | a word with a capital that the source does not have |
 * | `quote:the words in quotation marks` | a quote that is not literally in the source |
 * | `missing-words` | too few words of the source: exactly if the score is too low for `supported` |
 */
export function createCitationCheck(options: Readonly<Record<string, never>> = {}): CitationCheck {
  expectOptions(options, {}, { of: 'createCitationCheck' })
  const prepared = new WeakMap<Source, PreparedText>()
  return ({ claim, source }) => {
    const text = prepared.get(source) ?? prepareText(source.text, [source.title, ...(source.section ?? [])])
    prepared.set(source, text)
    return checkClaim(claim.replace(LIST_NUMBER, ''), text)
  }
}

function checkClaim(text: string, source: PreparedText): CitationSupport | undefined {
  const claim = prepareText(text)
  const score = scoreClaim(claim, source)
  if (score === undefined || (score < SUPPORTED && isOtherScript(claim, source))) return undefined
  const passage = findPassage(claim, source)
  const reasons = findDisagreements(text, { claim, source, passage })
  const [best] = passage
  return { ...labelOf(score, reasons), ...(best && { passage: best.range }) }
}

function labelOf(score: number, reasons: readonly string[]): CitationSupport {
  if (score >= SUPPORTED) return { support: reasons.length > 0 ? 'weak' : 'supported', reasons }
  return { support: score < UNSUPPORTED ? 'unsupported' : 'weak', reasons: [...reasons, 'missing-words'] }
}

function isOtherScript(claim: PreparedText, source: PreparedText): boolean {
  return claim.scripts.some((share, index) => Math.abs(share - (source.scripts[index] ?? 0)) > SCRIPT_DIFFERENCE)
}

const LIST_NUMBER = /^\s*\d+[.)、]\s/u
