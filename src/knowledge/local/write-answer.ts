import { neutralizeMarkers } from '../../core/text/markers/neutralize-markers.ts'
import { citationBehind, onOneLine, STARTS_WIDE } from '../text/on-one-line.ts'
import type { Quote } from './pick-quotes.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const ENDS_SENTENCE = /\p{Sentence_Terminal}["'”’)\]*_`]*$/u

const NOTHING_FOUND = {
  en: 'I found no sentence in the sources that answers this.',
  zh: '在资料来源中没有找到能回答这个问题的句子。',
} as const

/** Generates an answer word by word: the quotes with their citations, or a fixed sentence if there are none. */
export function* writeAnswer(question: string, quotes: readonly Quote[]): Generator<string> {
  if (quotes.length === 0) yield* wordByWord(isChinese(question) ? NOTHING_FOUND.zh : NOTHING_FOUND.en)
  let previous = ''
  for (const { number, text } of quotes) {
    const sentence = neutralizeMarkers(onOneLine(text))
    yield* wordByWord(gapBetween(previous, sentence) + sentence)
    yield citationBehind(sentence, number)
    previous = sentence
  }
}

/** Returns a line break after a quote without a full stop, such as a list item: a citation would get both sentences. */
function gapBetween(previous: string, sentence: string): string {
  if (previous === '') return ''
  if (!ENDS_SENTENCE.test(previous)) return '\n'
  return STARTS_WIDE.test(sentence) ? '' : ' '
}

/** Generates each word with the characters up to the next word. */
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

function isChinese(question: string): boolean {
  // Kana marks Japanese, which writes Han characters, too.
  return /\p{Script=Han}/u.test(question) && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(question)
}
