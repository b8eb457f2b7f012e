import { neutralizeMarkers } from '../core/markers/neutralize-markers.ts'
import type { Quote } from './pick-quotes.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const NOTHING_FOUND = {
  en: 'I found no sentence in the sources that answers this.',
  zh: '在资料来源中没有找到能回答这个问题的句子。',
} as const

// Characters that bring their own space: Chinese and Japanese ones, and full-width punctuation.
const WIDE = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]`
const STARTS_WIDE = new RegExp(`^["'“‘]*${WIDE}`, 'u')
const ENDS_WIDE = new RegExp(`${WIDE}["'”’]*$`, 'u')

/** Writes an answer word by word: the quotes, each with its citation, or that there are none. */
export function* writeAnswer(question: string, quotes: readonly Quote[]): Generator<string> {
  if (quotes.length === 0) yield* wordByWord(isChinese(question) ? NOTHING_FOUND.zh : NOTHING_FOUND.en)
  for (const [index, { number, text }] of quotes.entries()) {
    const sentence = neutralizeMarkers(onOneLine(text))
    const gap = index > 0 && !STARTS_WIDE.test(sentence) ? ' ' : ''
    yield* wordByWord(gap + sentence)
    yield ENDS_WIDE.test(sentence) ? `[${number}]` : ` [${number}]`
  }
}

/** Each word with what stands between it and the next. */
function* wordByWord(text: string): Generator<string> {
  let piece = ''
  let hasWord = false
  for (const { segment, isWordLike = false } of segmenter.segment(text)) {
    if (isWordLike && hasWord) {
      yield piece
      piece = ''
    }
    piece += segment
    hasWord ||= isWordLike
  }
  yield piece
}

/** Where the lines of a source break, and where the marks of a quotation stand, is layout. */
function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/u).map((line) => line.replace(/^[\s>]+/u, '').trimEnd())
  return lines.reduce((joined, line, index) => {
    // The end of the line before, and not of all that is joined: that would be read again for each line.
    const isWide = ENDS_WIDE.test(lines[index - 1] ?? '') && STARTS_WIDE.test(line)
    return `${joined}${isWide ? '' : ' '}${line}`
  })
}

function isChinese(question: string): boolean {
  // Kana marks Japanese, which writes Han characters, too.
  return /\p{Script=Han}/u.test(question) && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(question)
}
