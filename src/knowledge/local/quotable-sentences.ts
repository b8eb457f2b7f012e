import { findBlocks, headingText } from '../text/find-blocks.ts'
import { splitInlineCode } from '../text/split-inline-code.ts'
import { citationBehind, onOneLine } from '../text/on-one-line.ts'
import { createMarkerScanner } from '../../core/text/markers/marker-scanner.ts'
import { neutralizeMarkers } from '../../core/text/markers/neutralize-markers.ts'
import { splitSentences } from '../../core/text/split-sentences.ts'

/** A sentence that can be quoted, with the heading above it. */
export interface QuotableSentence {
  /** The sentence, unchanged. */
  readonly text: string
  /** The heading; empty if there is none. */
  readonly heading: string
}

const QUESTION = /[?？]["”’）)\]]*$/u
const IMAGE = /!\[/u
const FENCE = /^(?:`{3}|~{3})/u
const TAG = /<\/?[a-z][\w-]*(?:\s[^<>]*)?\/?>/iu
const ESCAPE = /\\[`[\]]/u
// A piece of a document can begin inside of a code block, without the fence that shows it.
const CODE = /=>|[=!]==|\|\||&&|(?:^|\s)[{}]\)*(?:\s|$)|[;{]$/u
// Closes every construct that a sentence can leave open.
const CLOSERS = String.raw` a$ a$$ \) \] ](a)`
const LINK = /\[[^[\]]*\]\((?:[^()]|\([^()]*\))*\)/gu

// Every sentence repeats the heading above it, so a very long one is cut.
const LONGEST_HEADING = 200

/**
 * Returns the sentences of a text in order and unchanged, without headings, code, tables and list marks. A paragraph that
 * is one of `headings` and has text after it is a heading, too: the text of a PDF does not mark them.
 */
export function quotableSentences(text: string, headings: readonly string[] = []): readonly QuotableSentence[] {
  let heading = ''
  const known = new Set(headings.map(onOneLine))
  return findBlocks(text).flatMap((block, index, { length }) => {
    const isProse = block.kind === 'prose'
    const unmarked = isProse && index < length - 1 ? onOneLine(text.slice(block.textStart, block.end)).trim() : ''
    const isHeading = block.kind === 'heading' || known.has(unmarked)
    if (isHeading) heading = (unmarked || headingText(text, block)).slice(0, LONGEST_HEADING)
    if (isHeading || !isProse) return []
    return splitSentences(text.slice(block.textStart, block.end))
      .map((sentence) => ({ text: sentence.trim(), heading }))
      .filter((sentence) => isQuotable(sentence.text))
  })
}

/**
 * Returns false for questions, images, HTML and bare links, which answer nothing, and for escapes, which could hide code.
 */
function isQuotable(sentence: string): boolean {
  if ([QUESTION, IMAGE, FENCE, ESCAPE].some((pattern) => pattern.test(sentence))) return false
  const parts = splitInlineCode(sentence).map(({ isCode, text }) => (isCode ? 'code' : text))
  const prose = parts.join('').replace(LINK, '')
  return /[\p{L}\p{N}]/u.test(prose) && !CODE.test(prose) && !TAG.test(prose) && takesCitation(sentence)
}

/**
 * Returns true if the scanner finds a citation after the sentence, whatever the next sentence contains. In unclosed code,
 * links or formulas it would not, and after `x =` it would read an array.
 */
function takesCitation(sentence: string): boolean {
  const quote = neutralizeMarkers(onOneLine(sentence))
  const scanner = createMarkerScanner()
  const pieces = [...scanner.push(quote + citationBehind(quote, 1) + CLOSERS), ...scanner.end()]
  return pieces.filter(({ kind }) => kind === 'marker').length === 1
}
