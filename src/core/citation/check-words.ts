import { joinNumeral, monthIn, numberIn, unitIn } from './check-numbers.ts'

/** A word of a text; a number is one word, however many it is written with. */
export interface Word {
  /** Lower case, with compatibility forms resolved. */
  readonly text: string
  /** What it is compared by: a stem, or `#` and a value. Empty for a word that does not tell what the text is about. */
  readonly key: string
  /** The word before in the sentence and this one; empty for the first. */
  readonly pair: string
  /** What stands between the two. */
  readonly gap: string
  readonly isNegation: boolean
  /** How it is written, if it has a capital although it does not begin its sentence. */
  readonly name: string | undefined
  /** What it counts, if it is a number. */
  readonly value?: number
  readonly unit?: string | undefined
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Cuts a sentence of any language into words, in linear time. */
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
  // Fractions and superscripts would become digits and grow together with those beside them, emphasis with its word.
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
  const isNegation = NEGATION.test(text)
  const isCapital = text !== written
  // "May" and "March" may begin a sentence without being months.
  const value = number ?? (isCapital && (last || !text.startsWith('ma')) ? monthIn(text) : undefined)
  words.push({
    text,
    key: isNegation || FUNCTION_WORDS.has(text) || FUNCTION_WORDS.has(stem) || HAN_CHARACTER.test(text) ? '' : stem,
    pair: last ? `${last.text} ${text}` : '',
    gap,
    isNegation,
    name: isCapital && last && text.length > 1 ? written : undefined,
    ...(value !== undefined && { ...toNumber(value), unit: unitIn(gap.trim().at(-1)), name: undefined }),
  })
}

// The sum of decimals has more digits than it has meaning: 1.1 million is not 1100000.0000000002.
function toNumber(value: number): { readonly key: string; readonly value: number } {
  return { key: `#${Number(value.toPrecision(12))}`, value }
}

const DIGIT_GROUP_SPACE = /(?<=(?<!\d)\d{1,3})\s(?=\d{3}(?!\d))/gu
// The segmenter leaves numbers and what follows them together: "5km", "5th", "三十二人".
const AFTER_DIGITS = /(?<=\d)(?:(?:st|nd|rd|th|s)\b|(?=\p{L}))/gu
const HAN_NUMERAL =
  /[第一二两三四五六七八九十百千万亿](?=[一二两三四五六七八九十百千万亿人个岁年月日天次名位家元倍种])/gu
const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  (
    'the of and to a an in is was that for it as with on by at from are this be he have had were or which his they but ' +
    'their one her she can has who been will would there we you your if him its yes percent'
  ).split(' '),
)
// Most Chinese function words are of one character, and few others are.
const HAN_CHARACTER = /^\p{sc=Han}$/u
// A Chinese negation is a part of its word: 没有, 不能, 从未. What the lookahead names only begins like one: 不仅, 未来, 非常.
const NEGATION =
  /(?:n't|^(?:not?|never|none|neither|nor|cannot|without))$|^[并绝从毫尚]?[不没未无非](?![仅但只光单同过断少久管论妨来常洲线])/u
// Of "it's" and "states'", and of a plural.
const ENDING = /'(?:s|re|ve|ll|d|m)?$|(?<=..(?:ss|x|ch|sh))es$|(?<=..[^su])s$/u
