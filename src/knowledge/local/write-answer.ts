import { inLanguageOf, NO_QUOTE } from '../../core/text/fixed-sentences.ts'
import { neutralizeMarkers } from '../../core/text/markers/neutralize-markers.ts'
import { citationBehind, onOneLine, STARTS_WIDE } from '../text/on-one-line.ts'
import type { Quote } from './pick-quotes.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const ENDS_SENTENCE = /\p{Sentence_Terminal}["'”’)\]*_`]*$/u

/** Generates an answer word by word: the quotes with their citations, or a fixed sentence if there are none. */
export function* writeAnswer(question: string, quotes: readonly Quote[]): Generator<string> {
  if (quotes.length === 0) yield* wordByWord(inLanguageOf([question], NO_QUOTE))
  let previous = ''
  for (const { number, text, items = [], code } of quotes) {
    const sentence = toSentence(text)
    yield* cited(gapBetween(previous, sentence), sentence, number)
    previous = sentence
    for (const { mark, sentences } of items) {
      let before = ''
      for (const part of sentences.map(toSentence)) {
        yield* cited(before === '' ? `\n${mark} ` : gapBetween(before, part), part, number)
        before = part
      }
      previous = BLOCK
    }
    if (code === undefined) continue
    yield* wordByWord(`\n\n${code}`)
    previous = BLOCK
  }
}

/** A list or code, after which a paragraph begins. */
const BLOCK = '\n'

function toSentence(text: string): string {
  return neutralizeMarkers(onOneLine(text))
}

/** Generates a sentence with its citation. */
function* cited(gap: string, sentence: string, number: number): Generator<string> {
  yield* wordByWord(gap + sentence)
  yield citationBehind(sentence, number)
}

/** Returns a line break after a quote without a full stop, such as a list item: a citation would get both sentences. */
function gapBetween(previous: string, sentence: string): string {
  if (previous === '') return ''
  if (previous === BLOCK) return '\n\n'
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
