import { splitSentences } from '../text/split-sentences.ts'
import { readWords, type Word } from './check-words.ts'

/** A text that is ready to be compared. */
export interface PreparedText {
  /** The title first. */
  readonly sentences: readonly (readonly Word[])[]
  readonly words: readonly Word[]
  /** All keys, and the beginnings of the long words. */
  readonly known: ReadonlySet<string>
  /** All pairs of neighbouring words of a sentence. */
  readonly pairs: ReadonlySet<string>
  /** The shares of words in Latin letters and in Chinese characters, numbers aside. */
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

/** How well a text knows a word: 1, or 0.7 for one that only begins like one of its own, or 0. */
export function familiarity(word: Word, { known }: PreparedText): number {
  if (known.has(word.key)) return 1
  return beginningOf(word) && known.has(beginningOf(word)) ? 0.7 : 0
}

/** What long words of one family share: "govern-" of "governs" and "government"; empty for others. */
function beginningOf({ text, value }: Word): string {
  return text.length > 4 && value === undefined ? `${text.slice(0, 5)}-` : ''
}
