import { isAbbreviation, isShortened, MAX_BEFORE_CHARS } from './abbreviations.ts'
import { findFences } from './find-fences.ts'
import { BLOCK_END, PARAGRAPH_END, prepareSentences } from './prepare-sentences.ts'
import { mayEndInside, sentenceEnds } from './sentence-ends.ts'

/**
 * Splits a text into its sentences, which join to the text. They are those of `Intl.Segmenter`, except that none ends at an
 * abbreviation, an initial, an ordinal or a list number, in code, in a link or the syntax of an image, behind a quoted
 * question, without a blank behind it (apart from Chinese and Japanese), or at a line break inside a paragraph. A blank line,
 * a heading, a list item, the row of a table, a fence and `<br>` end the sentence before them. A full stop ends a sentence
 * also before code, and before a small letter if the sentence began with one. Text in Thai and its relatives is cut at
 * blanks, because it has no full stops.
 */
export function splitSentences(text: string): readonly string[] {
  if (text !== '' && !mayEndInside(text) && !OTHER_END.test(text)) return cutAtBlanks(text)
  const fences = findFences(text)
  const lastBacktick = text.lastIndexOf('`')
  const sentences: string[] = []
  let start = 0
  let backticks = 0
  let fence = 0
  const prepared = prepareSentences(text)
  const ends = sentenceEnds(prepared)
  for (const [nth, end] of ends.entries()) {
    const from = ends[nth - 1] ?? 0
    while (end >= (fences[fence]?.end ?? Infinity)) {
      fence += 1
      backticks = 0
    }
    const isInFence = end > (fences[fence]?.start ?? Infinity)
    if (lastBacktick >= from && !isInFence && from >= (fences[fence - 1]?.end ?? 0))
      backticks += text.slice(from, end).split('`').length - 1
    const isInCode = isInFence || (backticks % 2 === 1 && end <= lastBacktick)
    const last = prepared.charAt(end - 1)
    const isParagraphEnd = last === PARAGRAPH_END && !isInFence
    const mayGoOn = end < text.length && !isParagraphEnd
    if (mayGoOn && (isInCode || (last !== BLOCK_END && isCutShort({ text, start, end })))) continue
    // A text may begin inside of code, so an unpaired backtick counts for its paragraph only.
    if (isParagraphEnd) backticks = 0
    sentences.push(...cutAtBlanks(text.slice(start, end)))
    start = end
  }
  return sentences
}

interface Cut {
  readonly text: string
  /** Start of the sentence. */
  readonly start: number
  readonly end: number
}

function isCutShort({ text, start, end }: Cut): boolean {
  const before = text.slice(Math.max(start, end - MAX_BEFORE_CHARS), end)
  const next = text.slice(end, end + MAX_NEXT_CHARS)
  if (ENDS_WITHOUT_BLANK.test(before) && CONTINUES.test(next)) return true
  if (ENDS_IN_IMAGE_MARK.test(before) || IS_LIST_NUMBER.test(before) || isAbbreviation({ before, next })) return true
  if (!STARTS_SMALL.test(next)) return false
  if (ENDS_IN_QUOTED_QUESTION.test(before)) return true
  if (!ENDS_IN_FULL_STOP.test(before)) return false
  return ENDS_IN_ELLIPSIS.test(before) || isShortened(before) || !STARTS_SMALL.test(beginningOf({ text, start, end }))
}

/** Returns the beginning of a sentence, without marks of lists and quotes. */
function beginningOf({ text, start, end }: Cut): string {
  return text.slice(start, Math.min(end, start + MAX_NEXT_CHARS)).replace(/^[^\p{L}\p{N}`]+/u, '')
}

/** Cuts a long text of a script without full stops into parts of about a sentence. */
function cutAtBlanks(sentence: string): readonly string[] {
  if (sentence.length <= 2 * UNMARKED_CHARS || !UNMARKED_SCRIPT.test(sentence)) return [sentence]
  const parts: string[] = []
  let start = 0
  for (const { 0: blank, index } of sentence.matchAll(/\s+/gu)) {
    const end = index + blank.length
    if (end - start < UNMARKED_CHARS || sentence.length - end < UNMARKED_CHARS) continue
    parts.push(sentence.slice(start, end))
    start = end
  }
  return [...parts, sentence.slice(start)]
}

// Those that are prepared for the segmenter.
const OTHER_END = /[…<]/u
const MAX_NEXT_CHARS = 24
// The usual length of a sentence in Latin letters.
const UNMARKED_CHARS = 120
const UNMARKED_SCRIPT = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const IS_LIST_NUMBER = /^\s*(?:\d+|[IVXLC]+)\.\s*$/u
const ENDS_IN_IMAGE_MARK = /!\[$/u
// "Why?" she asked; the marks in front of it belong to a quotation.
const ENDS_IN_QUOTED_QUESTION = /[?!]["”’'»)\]]+\s+$/u
const ENDS_IN_FULL_STOP = /[.…]["'”’)\]*_]{0,4}\s*$/u
const ENDS_IN_ELLIPSIS = /\.{2}["'”’)\]*_]{0,4}\s*$|…/u
const STARTS_SMALL = /^[*_]{0,3}\p{Ll}/u
// A full stop in an address, a path or a file name. Chinese, Japanese and their relatives write no blank after a sentence.
const ENDS_WITHOUT_BLANK = /[.?!]["'”’)\]]{0,4}$/u
const CONTINUES =
  /^(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{Extended_Pictographic}])[\p{L}\p{N}/\\#&=%~_@$?.<-]/u
