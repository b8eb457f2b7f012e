import { findBlocks, headingText } from './find-blocks.ts'
import { splitInlineCode } from './inline-code.ts'
import { citationBehind, onOneLine } from './on-one-line.ts'
import { createMarkerScanner } from '../core/text/markers/marker-scanner.ts'
import { neutralizeMarkers } from '../core/text/markers/neutralize-markers.ts'
import { splitSentences } from '../core/text/split-sentences.ts'

/** A sentence that can stand in an answer, and the heading above it. */
export interface QuotableSentence {
  readonly text: string
  /** Empty where there is none. */
  readonly heading: string
}

const QUESTION = /[?？]["”’）)\]]*$/u
const IMAGE = /!\[/u
const FENCE = /^(?:`{3}|~{3})/u
const ESCAPE = /\\[`[\]]/u
// The ends of everything that a sentence can leave open.
const CLOSERS = String.raw` a$ a$$ \) \] ](a)`
const LINK = /\[[^[\]]*\]\((?:[^()]|\([^()]*\))*\)/gu

// Every sentence repeats the heading above it, so what looks like an endless one must not count in full.
const LONGEST_HEADING = 200

/** The sentences of a text in order, as they stand there: no headings, code or tables, and no marks of lists. */
export function quotableSentences(text: string): readonly QuotableSentence[] {
  let heading = ''
  return findBlocks(text).flatMap((block) => {
    if (block.kind === 'heading') heading = headingText(text, block).slice(0, LONGEST_HEADING)
    if (block.kind !== 'prose') return []
    return splitSentences(text.slice(block.textStart, block.end))
      .map((sentence) => ({ text: sentence.trim(), heading }))
      .filter((sentence) => isQuotable(sentence.text))
  })
}

/** A question answers nothing, nor do pictures and bare links; escapes would make a puzzle of what code is. */
function isQuotable(sentence: string): boolean {
  if ([QUESTION, IMAGE, FENCE, ESCAPE].some((pattern) => pattern.test(sentence))) return false
  const parts = splitInlineCode(sentence).map(({ isCode, text }) => (isCode ? 'code' : text))
  return /[\p{L}\p{N}]/u.test(parts.join('').replace(LINK, '')) && takesCitation(sentence)
}

/**
 * True if a citation behind the sentence is read as one, whatever the next sentence holds. Code, a link or a formula
 * that is left open would swallow it, and `x =` would make an array of it.
 */
function takesCitation(sentence: string): boolean {
  const quote = neutralizeMarkers(onOneLine(sentence))
  const scanner = createMarkerScanner()
  const pieces = [...scanner.push(quote + citationBehind(quote, 1) + CLOSERS), ...scanner.end()]
  return pieces.filter(({ kind }) => kind === 'marker').length === 1
}
