import { trimRange } from '../text/cut-text.ts'
import { splitSentences } from '../text/split-sentences.ts'
import type { TextRange } from '../vocabulary/text-range.ts'
import { indexWords, type WordIndex } from './index-words.ts'
import { readWords } from './read-words.ts'
import type { Word } from './word.ts'

/** A sentence of a text, prepared for comparison. */
export interface PreparedSentence {
  /** Its words. */
  readonly words: readonly Word[]
  /** Its position in the text, without the white space around it. */
  readonly range: TextRange
  /** The words of the heading above it in the same text. */
  readonly heading: readonly Word[]
}

/** A text, prepared for comparison. */
export interface PreparedText {
  /** The words of the title and of the section. */
  readonly title: readonly Word[]
  /** The sentences, without the title. */
  readonly sentences: readonly PreparedSentence[]
  /** The words of the title and of all sentences. */
  readonly words: readonly Word[]
  /** The keys of all words, and the beginnings of long words. */
  readonly known: ReadonlySet<string>
  /** The words and pairs of the title and of all sentences. */
  readonly index: WordIndex
  /** The shares of words in Latin letters and in Chinese characters, without numbers. */
  readonly scripts: readonly number[]
}

/** Prepares a text, in linear time. `titles` are the title and the headings above the text. */
export function prepareText(text: string, titles: readonly string[] = []): PreparedText {
  const title = titles.flatMap(readWords)
  const sentences = sentencesOf(text)
  const words = [...title, ...sentences.flatMap((sentence) => sentence.words)]
  // A claim needs only some of them.
  const known = once(() => new Set(words.flatMap((word) => [word.key, beginningOf(word)])))
  const index = once(() => indexWords(title, sentences))
  const scripts = once(() => scriptsOf(words))
  return {
    title,
    sentences,
    words,
    get known() {
      return known()
    },
    get index() {
      return index()
    },
    get scripts() {
      return scripts()
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

function scriptsOf(words: readonly Word[]): readonly number[] {
  const written = words.filter(({ value }) => value === undefined)
  return [/^\p{sc=Latin}/u, /^\p{sc=Han}/u].map(
    (script) => written.filter(({ text }) => script.test(text)).length / written.length,
  )
}

function sentencesOf(text: string): readonly PreparedSentence[] {
  let at = 0
  let heading: readonly Word[] = []
  const sentences = mayHaveInnerEnd(text) ? splitSentences(text) : [text]
  return sentences.map((sentence) => {
    const [start, end] = [at, at + sentence.length]
    at = end
    // The words are normalised, so positions come from the original text.
    const prepared = { words: readWords(sentence), range: trimRange(text, { start, end }), heading }
    if (HEADING.test(sentence)) heading = prepared.words
    return prepared
  })
}

// Most claims are one sentence, and the segmenter takes as long for it as the rest.
function mayHaveInnerEnd(text: string): boolean {
  return SENTENCE_END.test(text.trimEnd().slice(0, -1))
}

const SENTENCE_END = /[\p{Sentence_Terminal}…<\n\r\u0085\u2028\u2029]/u
const HEADING = /^\s*#{1,6}\s/u

/** Returns 1 if a text has the word, 0.7 if it has a long word with the same beginning, else 0. */
export function familiarity(word: Word, { known }: PreparedText): number {
  if (known.has(word.key)) return 1
  return beginningOf(word) && known.has(beginningOf(word)) ? 0.7 : 0
}

/** Returns the common beginning of a long word's family, such as "govern-" for "government"; empty for short words. */
function beginningOf({ text, value }: Word): string {
  return text.length > 4 && value === undefined ? `${text.slice(0, 5)}-` : ''
}
