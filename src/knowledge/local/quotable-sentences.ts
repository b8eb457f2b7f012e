import { findBlocks, headingText, type Block } from '../text/find-blocks.ts'
import { onOneLine } from '../text/on-one-line.ts'
import { plainHeading } from '../text/plain-heading.ts'
import { endOfOpenFence } from '../../core/text/find-fences.ts'
import { splitSentences } from '../../core/text/split-sentences.ts'
import { introducedBy, isItem, type Introduced } from './introduced.ts'
import { quotableText } from './quotable-text.ts'

/** A sentence that can be quoted, with the heading above it. */
export interface QuotableSentence extends Introduced {
  /** The sentence as plain text on one line, without the markup of Markdown. */
  readonly text: string
  /** The heading; empty if there is none. */
  readonly heading: string
  /** Number of the paragraph or list that it is in, or that it introduces. */
  readonly paragraph: number
  /** True for a line outside of lists that ends like a heading: without a full stop, in a text that has full stops. */
  readonly isUnfinished?: true
}

/** The place of a text in its document. */
export interface SourceContext {
  /** The title and the headings above the text. */
  readonly headings?: readonly string[] | undefined
  /**
   * Length of the beginning that continues code, a table or HTML from before the text.
   * @defaultValue up to a fence that closes code, if there is one without its opening
   */
  readonly verbatimEnd?: number | undefined
}

const LEAD_IN = /[:：]$/u
const COMMENT = /<!--.*?(?:-->|$)|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gsu
const ENDS_SENTENCE = /[\p{Sentence_Terminal}:：…][\p{Quotation_Mark}\p{Close_Punctuation}*_`\s]*$/u
const HAS_FULL_STOP = /[.!?。！？।؟](?:["”’»)\]*_]*)(?:\s|$)|[。！？]/u
// A longer line without a full stop is a sentence whose end is somewhere else.
const LONGEST_HEADING = 80
// Editors wrap lines at 72 to 120 characters.
const LONGEST_WRAPPED = 160
const ENDS_HEADING = /[\s:：.。]+$/u

/**
 * Returns the sentences of a text in order, without headings, code, tables, comments and list marks. A paragraph that is
 * one of the headings above the text and has text after it is a heading, too: the text of a PDF does not mark them. So is
 * a short line without a full stop above a paragraph of sentences.
 *
 * A sentence that ends with a colon has the list or the code that it introduces, or it is left out. A heading directly
 * above a list or code becomes such a sentence, too.
 */
export function quotableSentences(
  source: string,
  { headings = [], verbatimEnd = endOfOpenFence(source) }: SourceContext = {},
): readonly QuotableSentence[] {
  const text = source.slice(verbatimEnd)
  let heading = plainHeading(headings.at(-1) ?? '')
  let paragraph = 0
  const known = new Set(headings.map(onOneLine))
  const blocks = findBlocks(text)
  // Some languages, and some authors, write no full stops.
  const hasFullStops = HAS_FULL_STOP.test(text)
  return blocks.flatMap((block, index): readonly QuotableSentence[] => {
    if (block.kind === 'verbatim') return []
    const isLast = index === blocks.length - 1
    const unmarked = block.kind === 'prose' && !isLast ? onOneLine(text.slice(block.textStart, block.end)).trim() : ''
    const behind = introducedBy(text, blocks, index + 1)
    if (block.kind === 'heading' || known.has(unmarked) || isTitle(unmarked, blocks[index + 1])) {
      heading = plainHeading(unmarked || headingText(text, block))
      paragraph += 1
      const title = quotableText(`${heading.replace(ENDS_HEADING, '')}:`)
      return title !== undefined && (behind.items ?? behind.code)
        ? [{ text: title, heading, paragraph, ...behind }]
        : []
    }
    const previous = blocks[index - 1]
    // The items of a list, and what introduces them, are one paragraph.
    if (!isItem(text, block) || !previous || previous.kind === 'verbatim') paragraph += 1
    const sentences = splitSentences(withoutTitleLine(withoutComments(text.slice(block.textStart, block.end))))
    return sentences.flatMap((sentence, at) => {
      const plain = quotableText(sentence)
      if (plain === undefined) return []
      const introduced = at === sentences.length - 1 && !isItem(text, block) ? behind : {}
      if (LEAD_IN.test(plain) && !introduced.items && !introduced.code) return []
      const isUnfinished = hasFullStops && !isItem(text, block) && !ENDS_SENTENCE.test(plain)
      return [{ text: plain, heading, paragraph, ...introduced, ...(isUnfinished && { isUnfinished }) }]
    })
  })

  function isTitle(line: string, next: Block | undefined): boolean {
    if (!hasFullStops || line === '' || line.length > LONGEST_HEADING || /[\d:：]/u.test(line)) return false
    if (ENDS_SENTENCE.test(line) || next?.kind !== 'prose' || isItem(text, next)) return false
    return HAS_FULL_STOP.test(text.slice(next.textStart, next.end))
  }
}

/**
 * Leaves out a short first line above a line that is too long for a wrapped text: a web page as plain text begins with its
 * title like that.
 */
function withoutTitleLine(text: string): string {
  const end = text.slice(0, LONGEST_HEADING + 1).search(/[\r\n]/u)
  if (end === -1 || ENDS_SENTENCE.test(text.slice(0, end))) return text
  const rest = text.slice(end).trimStart()
  const lineEnd = rest.slice(0, LONGEST_WRAPPED + 1).search(/[\r\n]/u)
  return rest.length > LONGEST_WRAPPED && lineEnd === -1 ? rest : text
}

function withoutComments(text: string): string {
  return text.includes('<!--') ? text.replace(COMMENT, (found, ticks?: string) => (ticks ? found : '')) : text
}
