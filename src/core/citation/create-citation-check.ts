import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { CitationSupport } from '../vocabulary/citations.ts'
import { expectOptions } from '../options/expect-options.ts'
import type { Source } from '../vocabulary/sources.ts'
import { findDisagreements } from './check-disagreements.ts'
import { scoreClaim } from './check-score.ts'
import { prepareText, type PreparedText } from './check-text.ts'

/** From this score on, most of a claim's words stand in the source, and in the same order. */
const SUPPORTED = 0.65
/** Below this score, hardly any of them does. */
const UNSUPPORTED = 0.25
/** Claim and source are in different scripts when the share of words in one script differs by more than this. */
const SCRIPT_DIFFERENCE = 0.5

/**
 * Makes the built-in check. It compares words, so it spends no tokens, and its time is linear in claim and source;
 * each source is prepared once for as long as it lives.
 *
 * `unsupported` says that the words of the claim are not in the source. `supported` says that most are, and that its
 * numbers, units, negations, names and quotes agree with the source; it does not say that the claim is true. One that
 * disagrees makes a claim `weak`, never `unsupported`. There is no outcome for a claim without words to compare, and
 * none when claim and source are in different scripts.
 *
 * A reason is a kind, or a kind and a value: `kind` or `kind:value`. It has at most 60 UTF-16 code units and no line
 * break, and there are at most nine of them.
 *
 * | reason | the claim has |
 * |---|---|
 * | `number:85`, `date:1993`, `date:june` | a number, year or month that the sentences it is drawn from do not have |
 * | `unit:km` | a number of theirs with another unit |
 * | `negation` | a negation more or less than they |
 * | `name:Tesla` | a word with a capital that the source does not have |
 * | `quote:the words in quotation marks` | a quote that does not stand in the source word for word |
 * | `missing-words` | too few words of the source: always and only when the score alone forbids `supported` |
 */
export function createCitationCheck(options: Readonly<Record<string, never>> = {}): CitationCheck {
  expectOptions(options, {}, { of: 'createCitationCheck' })
  const prepared = new WeakMap<Source, PreparedText>()
  return ({ claim, source }) => {
    const text = prepared.get(source) ?? prepareText(source.text, source.title)
    prepared.set(source, text)
    return checkClaim(claim.replace(LIST_NUMBER, ''), text)
  }
}

function checkClaim(text: string, source: PreparedText): CitationSupport | undefined {
  const claim = prepareText(text)
  const score = scoreClaim(claim, source)
  if (score === undefined || (score < SUPPORTED && isOtherScript(claim, source))) return undefined
  const reasons = findDisagreements(text, claim, source)
  if (score >= SUPPORTED) return { support: reasons.length > 0 ? 'weak' : 'supported', reasons }
  return { support: score < UNSUPPORTED ? 'unsupported' : 'weak', reasons: [...reasons, 'missing-words'] }
}

function isOtherScript(claim: PreparedText, source: PreparedText): boolean {
  return claim.scripts.some((share, index) => Math.abs(share - (source.scripts[index] ?? 0)) > SCRIPT_DIFFERENCE)
}

const LIST_NUMBER = /^\s*\d+[.)、]\s/u
