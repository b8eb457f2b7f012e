/** The mark of the end of a paragraph, and of another block, in a prepared text. */
export const [PARAGRAPH_END, BLOCK_END] = ['\n', '\u2029']

/**
 * Replaces everything that `Intl.Segmenter` does not know by characters that it knows, of the same length: line breaks, the
 * ends of links, emphasis and footnote marks, and opening brackets, which it would count as part of the sentence before.
 */
export function prepareSentences(text: string): string {
  const joined = maskLinks(joinLines(text)).replace(
    SMALL_LETTER,
    (_, before: string, letter: string) => before + CAPITAL.repeat(letter.length),
  )
  return RARE.test(joined) ? replaceRare(joined) : joined
}

// Most sentences have none of these.
const RARE = /[<…*_[【`»《〈「『“‘（〔(]/u

function replaceRare(text: string): string {
  return text
    .replace(BREAK_TAG, (tag) => BLOCK_END.padStart(tag.length))
    .replace(ELLIPSIS, '.')
    .replace(SMALL_LETTER, (_, before: string, letter: string) => before + CAPITAL.repeat(letter.length))
    .replace(CLOSING_MARKS, (marks) => '"'.repeat(marks.length))
    .replace(CLOSING_GUILLEMET, '""')
    .replace(SMALL_CODE, CAPITAL)
    .replace(OPENING, (_, before: string, opening: string) => before + CAPITAL.repeat(opening.length))
}

// One break of a line. The segmenter would end a sentence at each.
const LINE_BREAK = /(\r\n|[\n\r\u0085\u2028\u2029])/u
// A line that begins a block of Markdown: a heading, a list item, the row of a table, or a fence of code.
const BLOCK_START = /^\s*(?:#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|\||`{3}|~{3})/u
const HEADING = /^\s*(?:#{1,6}\s|`{3,}[^`]*$|~{3})/u

// A line that begins with a small letter continues the sentence.
const BREAK_TAG = /<br ?\/?>(?!\s{0,4}\p{Ll})/gu
// In Chinese, an ellipsis without a blank behind it often stands inside of a sentence.
const ELLIPSIS = /…(?=["'”’)\]*_]{0,4}(?:\s|$))/gu
// Code or a link at the beginning of a sentence. The segmenter ends no sentence before a small letter, such as that of `npm`.
const SMALL_CODE =
  /(?<=(?<!etc)\.["'”’)\]*_]{0,4}\s{1,4}[*_]{0,3})(?:`(?=[^\s`\p{L}]{0,16}\p{Ll})|\[(?=\p{Ll}[^[\]\n]{0,99}\]\())/gu
// The caller decides if the sentence before a small letter is complete.
const SMALL_LETTER = /(\.["'”’)\]*_]{0,4}\s{1,4}[*_]{0,3})(\p{Ll})/gu
const CAPITAL = 'A'
// The end of bold or italic text, footnote marks and citations. The segmenter would begin the next sentence with them.
const CLOSING_MARKS =
  /(?<=[.!?…。！？]["'”’)\]]?)(?:[*_]{1,3}(?=\s|$)|(?:\[(?:\^[^\s\]]{1,40}|\d{1,3})\]|【\d{1,3}】){1,9})/gu
const OPENING = /([。！？；]["”’」』》）)\]]{0,4}|[!?…]["”’」』》）)\]]{0,4}(?![“‘]))([《〈「『“‘（【〔(]{1,4})/gu
// French writes a blank before the closing mark.
const CLOSING_GUILLEMET = /(?<=[.!?…])[ \u00a0\u202f]»/gu

// Up to the last character that is no punctuation. Full stops and question marks in them end no sentence.
const URL = /\bhttps?:\/\/[!-~]*[^\s<>.,;:!?'"()[\]]/giu
// Also a link that is not closed yet.
const LINK = /\[[^[\]\n]{0,300}(?:\]\([^\s()]{0,500}(?:\([^\s()]{0,100}\)[^\s()]{0,100})?(?: "[^"\n]{0,100}")?\)|$)/gu
const TERMINALS = /[.?!。！？…؟۔।]/gu

function maskLinks(text: string): string {
  const masked = text.includes('://') ? text.replace(URL, maskTerminals) : text
  return masked.includes('[') ? masked.replace(LINK, maskTerminals) : masked
}

function maskTerminals(part: string): string {
  return part.replace(TERMINALS, ',')
}

/** Replaces each line break by one of the same length: by a space, or at the end of a block by a mark of that end. */
function joinLines(text: string): string {
  if (!LINE_BREAK.test(text)) return text
  const parts = text.split(LINE_BREAK)
  let previous = parts[0] ?? ''
  let joined = previous
  let hasText = previous.trim() !== ''
  for (let at = 1; at < parts.length; at += 2) {
    const [lineBreak, line] = [parts[at] ?? '', parts[at + 1] ?? '']
    const isBlank = line.trim() === ''
    const end = isBlank || !hasText ? ' ' : endOfBlock(previous, line)
    joined += end.padStart(lineBreak.length) + line
    hasText ||= !isBlank
    previous = line
  }
  return joined
}

/** Returns the mark between two lines, of which the second one is not blank. */
function endOfBlock(previous: string, line: string): string {
  if (previous.trim() === '') return PARAGRAPH_END
  return BLOCK_START.test(line) || HEADING.test(previous) ? BLOCK_END : ' '
}
