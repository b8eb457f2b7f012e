import { splitSentences } from '../text/split-sentences.ts'
import { readWords, type Word } from './read-words.ts'

/** A text, prepared for comparison. */
export interface PreparedText {
  /** The sentences; the title comes first. */
  readonly sentences: readonly (readonly Word[])[]
  /** The words of all sentences. */
  readonly words: readonly Word[]
  /** The keys of all words, and the beginnings of long words. */
  readonly known: ReadonlySet<string>
  /** All pairs of adjacent words in a sentence. */
  readonly pairs: ReadonlySet<string>
  /** The shares of words in Latin letters and in Chinese characters, without numbers. */
  readonly scripts: readonly number[]
}

/** Prepares a text, in linear time. */
export function prepareText(text: string, title = ''): PreparedText {
  const sentences = [title, ...splitSentences(text)].map(readWords)
  const words = sentences.flat()
  const written = words.filter(({ value }) => value === undefined)
  return {
    sentences,
    words,
    known: new Set(words.flatMap((word) => [word.key, beginningOf(word)])),
    pairs: new Set(words.map(({ pair }) => pair)),
    scripts: [/^\p{sc=Latin}/u, /^\p{sc=Han}/u].map(
      (script) => written.filter(({ text }) => script.test(text)).length / written.length,
    ),
  }
}

/** Returns 1 if a text has the word, 0.7 if it has a long word with the same beginning, else 0. */
export function familiarity(word: Word, { known }: PreparedText): number {
  if (known.has(word.key)) return 1
  return beginningOf(word) && known.has(beginningOf(word)) ? 0.7 : 0
}

/** Returns the common beginning of a long word's family, such as "govern-" for "government"; empty for short words. */
function beginningOf({ text, value }: Word): string {
  return text.length > 4 && value === undefined ? `${text.slice(0, 5)}-` : ''
}
