import { cutText } from '../text/cut-text.ts'
import { isNegationChanged } from './check-negation.ts'
import { monthIn } from './check-numbers.ts'
import { findPassage } from './check-passage.ts'
import { familiarity, type PreparedText } from './check-text.ts'
import { readWords, type Word } from './check-words.ts'

/** Longest reason, in UTF-16 code units, and most reasons of one claim. */
const MAX_REASON_CHARS = 60
const MAX_REASONS = 8
/** As much of a quote is compared, so that the search stays linear. */
const MAX_QUOTE_CHARS = 256

/** What a claim says otherwise than the source, as reasons: `createCitationCheck` lists them. */
export function findDisagreements(text: string, claim: PreparedText, source: PreparedText): readonly string[] {
  const passage = findPassage(claim, source)
  const reasons = [
    ...numberReasons(claim.words, passage),
    ...(isNegationChanged(claim.words, passage) ? ['negation'] : []),
    ...nameReasons(claim.words, source),
    ...quoteReasons(text, source),
  ]
  return [...new Set(reasons)].slice(0, MAX_REASONS).map((reason) => cutText(reason, MAX_REASON_CHARS).toWellFormed())
}

/** Numbers that the passage does not have, or has with another unit. */
function numberReasons(claim: readonly Word[], passage: readonly Word[]): readonly string[] {
  const held = new Set(passage.flatMap(({ key, unit = '?' }) => [key, key + unit]))
  return claim.flatMap(({ text, key, value, unit }) => {
    // "One" is more often no number than a number.
    if (value === undefined || (value === 1 && /^(?:one|一)$/u.test(text))) return []
    const month = monthIn(text) && text
    if (!held.has(key)) return `${month || YEAR.test(key) ? 'date' : 'number'}:${month || key.slice(1)}`
    return unit === undefined || held.has(key + unit) || held.has(`${key}?`) ? [] : `unit:${unit}`
  })
}

/** Names that the source does not have. */
function nameReasons(claim: readonly Word[], source: PreparedText): readonly string[] {
  return claim.flatMap((word) => (word.name && word.key && !familiarity(word, source) ? `name:${word.name}` : []))
}

/** Quotes of several words that do not stand in the source word for word. One may leave words out with "…". */
function quoteReasons(text: string, source: PreparedText): readonly string[] {
  const sourceText = joinWords(source.words)
  const isForeign = (part: readonly Word[]) =>
    part.length > 1 && !sourceText.includes(joinWords(part).slice(0, MAX_QUOTE_CHARS))
  const quotes = Array.from(text.matchAll(QUOTE), ([, quote = '']) => quote).slice(0, MAX_REASONS)
  return quotes
    .filter((quote) => quote.split(/…|\.{3}/u, MAX_REASONS).some((part) => isForeign(readWords(part))))
    .map((quote) => `quote:${quote.replace(/\s+/gu, ' ')}`)
}

function joinWords(words: readonly Word[]): string {
  return words.map(({ text }) => ` ${text} `).join('')
}

const YEAR = /^#(?:1\d|2[01])\d\d$/u
const QUOTE = /["“„«「『]([^"“”„«»「」『』]+)["”“»」』]/gu
