import { findBlocks, headingText } from './find-blocks.ts'
import { splitInlineCode } from './inline-code.ts'
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
  const prose = parts.join('').replace(LINK, '')
  return /[\p{L}\p{N}]/u.test(prose) && isClosed(prose)
}

/** Code or a link that is left open would swallow the citation that follows. */
function isClosed(prose: string): boolean {
  const opened = prose.split('[').length - prose.split(']').length
  return opened === 0 && !prose.includes('`') && !/\][([]/u.test(prose)
}
