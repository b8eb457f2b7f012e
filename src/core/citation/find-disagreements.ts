import { cutText } from '../text/cut-text.ts'
import { foreignNames } from './foreign-names.ts'
import { findReplacements } from './find-replacements.ts'
import { isNegationChanged } from './is-negation-changed.ts'
import { findFigureReasons } from './figures/find-figure-reasons.ts'
import type { PreparedText, ReadSentence, ReadText } from './prepare-text.ts'
import { joinLists } from './join-lists.ts'
import { oncePerObject } from './once-per-object.ts'
import { readWords } from './read-words.ts'
import type { Word } from './word.ts'

/** Maximum length of a reason, in UTF-16 code units, and maximum number of reasons per claim. */
const MAX_REASON_CHARS = 60
const MAX_REASONS = 8
/** Compared length of a quote, so that the search stays linear. */
const MAX_QUOTE_CHARS = 256

/** A claim, and what it is compared with. */
export interface ComparedClaim {
  /** The claim. */
  readonly claim: ReadText
  /** The whole source. */
  readonly source: PreparedText
  /** The sentences of the source that the claim is based on. */
  readonly passage: readonly ReadSentence[]
}

/** Returns the contradictions of a claim with the source as reasons; `createCitationCheck` lists them. */
export function findDisagreements(text: string, { claim, source, passage }: ComparedClaim): readonly string[] {
  const words = joinLists([source.title, ...passage.map((sentence) => sentence.words)])
  // A heading such as "2019" gives its number to the sentences below it.
  const wordsAndHeadings = joinLists([words, ...passage.map(({ heading }) => heading)])
  const replacements = findReplacements(claim, { passage, source })
  const reasons = [
    ...findFigureReasons(claim.words, wordsAndHeadings),
    ...(replacements.isNegationChanged || isNegationChanged(claim.words, words) ? ['negation'] : []),
    ...foreignNames(claim.words, source).map((name) => `name:${name}`),
    ...quoteReasons(text, source),
  ]
  // A number or a name that the source does not have at all is reported as such.
  if (reasons.length === 0) reasons.push(...replacements.replaced.map((words) => `replaced:${words}`))
  if (reasons.length === 0) return reasons
  return [...new Set(reasons)].slice(0, MAX_REASONS).map((reason) => cutText(reason, MAX_REASON_CHARS).toWellFormed())
}

/**
 * Returns the quotes of several words, and the code, that are not literally in the source. A quote may omit words with "…". Code
 * of one plain word is no code, because models set any word like that.
 */
function quoteReasons(text: string, source: PreparedText): readonly string[] {
  if (!QUOTATION_MARK.test(text)) return []
  const sourceText = textOf(source).joined
  const isMissing = (part: readonly Word[]) => !sourceText.includes(joinWords(part).slice(0, MAX_QUOTE_CHARS))
  const isForeign = (part: readonly Word[]) => part.length > 1 && isMissing(part)
  const code = Array.from(text.matchAll(CODE), ([, code = '']) => code).slice(0, MAX_REASONS)
  const quotes = Array.from(text.matchAll(QUOTE), ([, quote = '']) => quote).slice(0, MAX_REASONS)
  return quotes
    .filter((quote) => quote.split(/…|\.{3}/u, MAX_REASONS).some((part) => isForeign(readWords(part))))
    .concat(code.filter((written) => IDENTIFIER.test(written) && isMissing(readWords(written))))
    .map((quote) => `quote:${quote.replace(/\s+/gu, ' ')}`)
}

// A source is compared with many claims.
const textOf = oncePerObject(({ words }: PreparedText) => ({ joined: joinWords(words) }))

function joinWords(words: readonly Word[]): string {
  return words.map(({ text }) => ` ${text} `).join('')
}

const QUOTATION_MARK = /["“”„«»「」『』`]/u
const QUOTE = /["“„«「『]([^"“”„«»「」『』]+)["”“»」』]/gu
const CODE = /(?<!`)`([^`\n]+)`(?!`)/gu
// "config.yaml", "getUser", "--force", "npm install".
const IDENTIFIER = /\p{L}[\p{L}\p{N}]*[._/:-]+\p{L}|\p{Ll}\p{Lu}|^--?\p{L}|\p{L}\s+\S*\p{L}/u
