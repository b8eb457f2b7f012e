const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })

// One break of a line. The segmenter would end a sentence at each.
const LINE_BREAK = /(\r\n|[\n\r\u0085\u2028\u2029])/u
// A line that begins a block of Markdown: a heading, a list item, or the row of a table.
const BLOCK_START = /^\s*(?:#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|\|)/u
const HEADING = /^\s*#{1,6}\s/u
const [PARAGRAPH_END, BLOCK_END] = ['\n', '\u2029']

const ABBREVIATIONS =
  'Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Mt|Ft|Nos?|Vol|[Ff]igs?|[Ee]q|[Cc]h|pp?|' +
  String.raw`vs|cf|ca|approx|e\.g|i\.e|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:\p{Lu}\.)*\p{Lu}`
const ENDS_IN_ABBREVIATION = new RegExp(String.raw`(?:^|[\s\-("“‘'[])(?:${ABBREVIATIONS})\.\s*$`, 'u')
const LONGEST_ABBREVIATION = 24
const IS_LIST_NUMBER = /^\s*\d+\.\s*$/u
const ENDS_IN_IMAGE_MARK = /!\[$/u
// "Why?" she asked; the marks in front of it belong to a quotation.
const ENDS_IN_QUOTED_QUESTION = /[?!]["”’'»)\]]+\s+$/u
// A full stop in an address, a path or a file name. Chinese and Japanese write no blank after a sentence.
const ENDS_WITHOUT_BLANK = /[.?!]$/u
const CONTINUES = /^[/\\#&=%~\w]/u
// Code or a link at the beginning of a sentence. The segmenter ends no sentence before a small letter, such as that of `npm`.
const SMALL_AFTER_FULL_STOP =
  /(?<=(?<!etc)\.["'”’)\]*_]*\s+[*_]*)(?:`(?=[^\s`\p{L}]*\p{Ll})|\[(?=\p{Ll}[^[\]\n]{0,99}\]\())/gu
const CAPITAL = 'A'
// The end of bold or italic text and a footnote mark. The segmenter would begin the next sentence with them.
const CLOSING_MARKS = /(?<=[.!?。！？]["'”’)\]]?)(?:[*_]{1,3}(?=\s|$)|\[\^[^\s\]]{1,40}\])/gu

/**
 * Splits a text into its sentences, which join to the text. They are those of `Intl.Segmenter`, except that none ends at an
 * abbreviation, at a list number, in code, in an address or the syntax of an image, behind a quoted question, or at a line
 * break inside a paragraph. A blank line, a heading, a list item and the row of a table end the sentence before them, and so
 * does code after a full stop.
 */
export function splitSentences(text: string): readonly string[] {
  const lastBacktick = text.lastIndexOf('`')
  const sentences: string[] = []
  let start = 0
  let backticks = 0
  for (const { segment, index } of segmenter.segment(prepare(text))) {
    const end = index + segment.length
    backticks += text.slice(index, end).split('`').length - 1
    const isInCode = backticks % 2 === 1 && end <= lastBacktick
    const isParagraphEnd = segment.endsWith(PARAGRAPH_END)
    const isUnfinished = isInCode || (!segment.endsWith(BLOCK_END) && isCutShort(segment, text.slice(end, end + 1)))
    if (end < text.length && isUnfinished && !isParagraphEnd) continue
    // A text may begin inside of code, so an unpaired backtick counts for its paragraph only.
    if (isParagraphEnd) backticks = 0
    sentences.push(text.slice(start, end))
    start = end
  }
  return sentences
}

/** Replaces what the segmenter does not know by characters that it knows, of the same length. */
function prepare(text: string): string {
  return joinLines(text)
    .replace(SMALL_AFTER_FULL_STOP, CAPITAL)
    .replace(CLOSING_MARKS, (marks) => '"'.repeat(marks.length))
}

/** Replaces each line break by one of the same length: by a space, or at the end of a block by a mark of that end. */
function joinLines(text: string): string {
  const parts = text.split(LINE_BREAK)
  if (parts.length === 1) return text
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

function isCutShort(segment: string, next: string): boolean {
  const tail = segment.slice(-LONGEST_ABBREVIATION)
  if (ENDS_IN_QUOTED_QUESTION.test(tail) && /\p{Ll}/u.test(next)) return true
  if (ENDS_WITHOUT_BLANK.test(tail) && CONTINUES.test(next)) return true
  return ENDS_IN_ABBREVIATION.test(tail) || IS_LIST_NUMBER.test(segment) || ENDS_IN_IMAGE_MARK.test(tail)
}
