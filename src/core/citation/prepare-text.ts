import { trimRange } from '../text/cut-text.ts'
import { splitSentences } from '../text/split-sentences.ts'
import type { TextRange } from '../vocabulary/text-range.ts'
import { indexWords, type WordIndex } from './index-words.ts'
import { joinLists } from './join-lists.ts'
import { readWords } from './read-words.ts'
import type { Word } from './word.ts'

/** A sentence of a text, split into words. */
export interface ReadSentence {
  /** Its words. */
  readonly words: readonly Word[]
  /** Its position in the text, without the white space around it. */
  readonly range: TextRange
  /** The words of the heading above it in the same text. */
  readonly heading: readonly Word[]
}

/** A text, split into sentences and words. */
export interface ReadText {
  /** The sentences, without the title. */
  readonly sentences: readonly ReadSentence[]
  /** The words of the title and of all sentences. */
  readonly words: readonly Word[]
}

/** A text that claims are compared with. */
export interface PreparedText extends ReadText {
  /** The words of the title and of the section. */
  readonly title: readonly Word[]
  /** The words and pairs of the title and of all sentences. */
  readonly index: WordIndex
  /** Returns the shares of the scripts. */
  readonly scripts: () => readonly number[]
}

/** Prepares a text, in linear time. `titles` are the title and the headings above the text. */
export function prepareText(text: string, titles: readonly string[] = []): PreparedText {
  const title = titles.flatMap(readWords)
  const { sentences, words: own } = readText(text)
  const words = joinLists([title, own])
  let scripts: readonly number[] | undefined
  return { title, sentences, words, index: indexWords(title, sentences), scripts: () => (scripts ??= scriptsOf(words)) }
}

/** Splits a text into sentences and words, in linear time. */
export function readText(text: string): ReadText {
  // Most claims are one sentence.
  if (!mayHaveInnerEnd(text)) {
    const words = readWords(text)
    return { sentences: [{ words, range: trimRange(text, { start: 0, end: text.length }), heading: [] }], words }
  }
  const sentences = readSentences(text)
  return { sentences, words: joinLists(sentences.map(({ words }) => words)) }
}

/** Returns the shares of words in Latin letters and in Chinese characters, without numbers. */
export function scriptsOf(words: readonly Word[]): readonly number[] {
  const written = words.filter(({ value }) => value === undefined)
  return [/^\p{sc=Latin}/u, /^\p{sc=Han}/u].map(
    (script) => written.filter(({ text }) => script.test(text)).length / written.length,
  )
}

function readSentences(text: string): readonly ReadSentence[] {
  let at = 0
  let heading: readonly Word[] = []
  return splitSentences(text).map((sentence) => {
    const [start, end] = [at, at + sentence.length]
    at = end
    // The words are normalised, so positions come from the original text.
    const read = { words: readWords(sentence), range: trimRange(text, { start, end }), heading }
    if (HEADING.test(sentence)) heading = read.words
    return read
  })
}

function mayHaveInnerEnd(text: string): boolean {
  return SENTENCE_END.test(text.trimEnd().slice(0, -1))
}

const SENTENCE_END = /[\p{Sentence_Terminal}…<\n\r\u0085\u2028\u2029]/u
const HEADING = /^\s*#{1,6}\s/u
