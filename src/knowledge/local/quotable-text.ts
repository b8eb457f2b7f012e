import { splitInlineCode } from '../text/split-inline-code.ts'
import { citationBehind, onOneLine } from '../text/on-one-line.ts'
import { plainMarkdown } from '../text/plain-markdown.ts'
import { createMarkerScanner } from '../../core/text/markers/marker-scanner.ts'
import { neutralizeMarkers } from '../../core/text/markers/neutralize-markers.ts'

const QUESTION = /[?？]["”’）)\]]*$/u
const IMAGE = /!\[/u
const FENCE = /^(?:`{3}|~{3})/u
// The rest of a link. The link begins before the sentence, or its text contains brackets.
const HALF_LINK = /\]\((?:https?:|\.{0,2}\/|#|[\w-]+\.\w)/u
const TAG = /<\/?[a-z][\w-]*(?:\s[^<>]*)?\/?>/iu
const ESCAPE = /\\[`[\]]/u
// A piece of a document can begin inside of a code block, without the fence that shows it.
const CODE = /=>|[=!]==|\|\||&&|(?:^|\s)[{}]\)*(?:\s|$)|[;{]$/u
// Closes every construct that a sentence can leave open.
const CLOSERS = String.raw` a$ a$$ \) \] ](a)`
const LINK = /\[[^[\]]*\]\((?:[^()]|\([^()]*\))*\)/gu

// The place of a backslash while the text around it is changed.
const BACKSLASH = '\uE001'

// A longer sentence is a list or a mistake, and the patterns of markup would take long.
const LONGEST_MARKUP = 2_000

/**
 * Returns a sentence of Markdown as plain text on one line, with its inline code; `undefined` if it is no quotation. Questions,
 * images, HTML and bare links answer nothing, and escapes could hide code.
 */
export function quotableText(markdown: string): string | undefined {
  const sentence = onOneLine(markdown).trim()
  if ([QUESTION, IMAGE, FENCE, ESCAPE].some((pattern) => pattern.test(sentence))) return undefined
  if (!hasWords(proseOf(sentence).replace(LINK, ''))) return undefined
  const plain = sentence.length > LONGEST_MARKUP ? sentence : plainProse(sentence)
  const prose = proseOf(plain)
  return hasWords(prose) && !HALF_LINK.test(prose) && !CODE.test(prose) && !TAG.test(prose) && takesCitation(plain)
    ? plain
    : undefined
}

/** Returns the text without markup, and with the marks of formulas, which look like escapes. */
function plainProse(sentence: string): string {
  const kept = sentence.replaceAll(BACKSLASH, '').replace(/\\(?=[()])/gu, BACKSLASH)
  return plainMarkdown(kept, (code) => code).replaceAll(BACKSLASH, '\\')
}

/** Returns a sentence with a word instead of each inline code. */
function proseOf(sentence: string): string {
  return splitInlineCode(sentence)
    .map(({ isCode, text }) => (isCode ? 'code' : text))
    .join('')
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}

/**
 * Returns true if the scanner finds a citation after the sentence, whatever the next sentence contains. In unclosed code,
 * links or formulas it would not, and after `x =` it would read an array.
 */
function takesCitation(sentence: string): boolean {
  const quote = neutralizeMarkers(sentence)
  const scanner = createMarkerScanner()
  const pieces = [...scanner.push(quote + citationBehind(quote, 1) + CLOSERS), ...scanner.end()]
  return pieces.filter(({ kind }) => kind === 'marker').length === 1
}
