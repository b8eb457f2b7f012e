import { joinNumeral, monthIn, numberIn, unitIn } from './check-numbers.ts'
import { isFunctionWord } from './function-words.ts'
import { isNegation } from './negation-words.ts'

/** A word of a text. A number is one word, even if it is written as several. */
export interface Word {
  /** Lower case, with compatibility forms resolved. */
  readonly text: string
  /** The compared form: a stem, or `#` and a value. Empty for a function word. */
  readonly key: string
  /** The previous word of the sentence and this one; empty for the first word. */
  readonly pair: string
  /** The text between the two. */
  readonly gap: string
  /** True for words such as "not". */
  readonly isNegation: boolean
  /** The original spelling, if the word has a capital and does not begin its sentence. */
  readonly name: string | undefined
  /** The value, if it is a number. */
  readonly value?: number
  /** The unit after it, if it is a number. */
  readonly unit?: string | undefined
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Splits a sentence of any language into words, in linear time. */
export function readWords(sentence: string): readonly Word[] {
  const words: Word[] = []
  let gap = ''
  for (const { segment, isWordLike } of segmenter.segment(normalize(sentence))) {
    if (isWordLike) {
      read(segment, gap, words)
      gap = ''
    } else gap += segment
  }
  return words
}

function normalize(text: string): string {
  // Normalisation would turn fractions and superscripts into digits that join their neighbours; emphasis marks would join
  // their word.
  const plain = text
    .replace(/[\p{No}_*`]/gu, ' ')
    .normalize('NFKC')
    .replaceAll('’', "'")
  // "85%" is "85 percent"; "百分之85" has its sign before the number, like a price.
  const signed = plain.replaceAll('%', ' percent ').replaceAll('百分之', '%')
  return signed.replace(DIGIT_GROUP_SPACE, '').replace(AFTER_DIGITS, ' ').replace(HAN_NUMERAL, ' $& ')
}

function read(written: string, gap: string, words: Word[]): void {
  const text = written.toLowerCase()
  const stem = text.replace(ENDING, '')
  const number = numberIn(text)
  const last = words.at(-1)
  if (last?.value !== undefined && /^[\s-]*$/u.test(gap)) {
    const isNumeral = number !== undefined && !/\d/u.test(text)
    const joined = isNumeral ? joinNumeral(last.value, number, !/\d/u.test(last.text)) : undefined
    words.pop()
    words.push({ ...last, unit: last.unit ?? unitIn(stem), ...(joined !== undefined && toNumber(joined)) })
    if (joined !== undefined) return
  }
  const negates = isNegation(text)
  const isCapital = text !== written
  // "May" and "March" may begin a sentence without being months.
  const value = number ?? (isCapital && (last || !text.startsWith('ma')) ? monthIn(text) : undefined)
  words.push({
    text,
    key: negates || isFunctionWord(text) || isFunctionWord(stem) ? '' : stem,
    pair: last ? `${last.text} ${text}` : '',
    gap,
    isNegation: negates,
    name: isCapital && last && text.length > 1 ? written : undefined,
    ...(value !== undefined && { ...toNumber(value), unit: unitIn(gap.trim().at(-1)), name: undefined }),
  })
}

// Rounds floating-point errors: 1.1 million is not 1100000.0000000002.
function toNumber(value: number): { readonly key: string; readonly value: number } {
  return { key: `#${Number(value.toPrecision(12))}`, value }
}

const DIGIT_GROUP_SPACE = /(?<=(?<!\d)\d{1,3})\s(?=\d{3}(?!\d))/gu
// The segmenter does not split a number from the text after it: "5km", "5th", "三十二人".
const AFTER_DIGITS = /(?<=\d)(?:(?:st|nd|rd|th|s)\b|(?=\p{L}))/gu
const HAN_NUMERAL =
  /[第一二两三四五六七八九十百千万亿](?=[一二两三四五六七八九十百千万亿人个岁年月日天次名位家元倍种])/gu
// The endings of "it's", "states'" and of a plural.
const ENDING = /'(?:s|re|ve|ll|d|m)?$|(?<=..(?:ss|x|ch|sh))es$|(?<=..[^su])s$/u
