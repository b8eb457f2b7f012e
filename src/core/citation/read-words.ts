import { keyOf, monthKey, type Figure } from './figures/figure.ts'
import { monthIn, needsNumber } from './figures/months.ts'
import { normalizeDigits } from './figures/normalize-digits.ts'
import { joinNumeral, numeralIn, type Numeral } from './figures/numerals.ts'
import { spokenFigures } from './figures/spoken-figures.ts'
import { PLACEHOLDER, readFigures } from './figures/read-figures.ts'
import { createHanRuns } from '../text/han-runs.ts'
import { scanWords, type WordVisitor } from '../text/scan-words.ts'
import { isFunctionWord } from './function-words.ts'
import { isNegation } from './negation-words.ts'
import type { Word } from './word.ts'

/** Splits a sentence of any language into words, in linear time. */
export function readWords(sentence: string): readonly Word[] {
  const words: Word[] = []
  let gap = ''
  const { text, figures } = readFigures(normalizeDigits(withoutVowelMarks(sentence)))
  let next = 0
  const visitor: WordVisitor = {
    word(written) {
      const figure = written === PLACEHOLDER ? figures[next++] : undefined
      if (figure) pushFigure(figure, gap, words)
      else read(written, gap, words)
      gap = ''
    },
    gap(_joins, _isHyphen, piece) {
      gap += piece
    },
  }
  scanWords(text, visitor, runs)
  return words.some(({ value }) => value !== undefined) && SPOKEN.test(text) ? spokenFigures(words) : words
}

/** Removes the vowel marks of Hebrew and Arabic, which most texts leave out, and the sign that stretches Arabic words. */
function withoutVowelMarks(text: string): string {
  return VOWEL_MARK.test(text) ? text.replace(VOWEL_MARKS, '') : text
}

const VOWEL_MARK =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc]/u
const VOWEL_MARKS = new RegExp(VOWEL_MARK, 'gu')

const runs = createHanRuns()

// "Half past three", "minus five", "five below zero", "twenty-first".
const SPOKEN = /\b(?:(?:half|quarter) (?:past|to)|minus|below zero)\b|[a-z]ty-(?:first|second)\b/iu

function pushFigure(figure: Figure, gap: string, words: Word[]): void {
  const last = words.at(-1)
  // "March 15" may begin a sentence.
  if (last && last.value === undefined && gap.trim() === '' && isDayOrYear(figure)) {
    const month = monthIn(last.text, { isCapital: words.length === 1 || last.name !== undefined })
    if (month !== undefined)
      words[words.length - 1] = { ...last, key: monthKey(month), family: '', value: month, name: undefined }
  }
  const text = figure.written.toLowerCase()
  const [key = '', ...otherKeys] = figure.keys
  const previous = last?.text ?? ''
  words.push({
    text,
    key,
    family: '',
    previous,
    gap,
    isNegation: false,
    name: undefined,
    value: figure.value,
    otherKeys,
    figure,
  })
}

function isDayOrYear({ kind, value }: Figure): boolean {
  return kind === 'number' && Number.isInteger(value) && value > 0 && (value < 32 || (value > 999 && value < 3000))
}

function read(written: string, gap: string, words: Word[]): void {
  const { text, key, family, isNegation: negates, isCapital, numeral, mayBeMonth } = formOf(written)
  const last = words.at(-1)
  if (numeral && last?.value !== undefined && JOINS.test(gap)) {
    const joined = joinFigure(last, numeral.value)
    if (joined) {
      words[words.length - 1] = joined
      return
    }
  }
  const month = mayBeMonth ? monthAt(text, { isCapital, last }) : undefined
  const previous = last?.text ?? ''
  const name = isCapital && last && text.length > 1 ? written : undefined
  const value = numeral ? numeral.value : month
  if (value === undefined) words.push({ text, key, family, previous, gap, isNegation: negates, name })
  else {
    const ofNumber = numeral ? keyOf(value) : monthKey(value)
    words.push({ text, key: ofNumber, family: '', previous, gap, isNegation: false, name: undefined, value })
  }
}

const JOINS = /^[\s-]*$/u

/** Length of the beginning that words of one family share. */
const FAMILY_CHARS = 5

/** The properties of a word that are the same in every sentence. */
interface Form {
  readonly text: string
  readonly key: string
  readonly family: string
  readonly isNegation: boolean
  readonly isCapital: boolean
  readonly numeral: Numeral | undefined
  /** True if it can be a month, which its neighbours decide. */
  readonly mayBeMonth: boolean
}

// Few words make up most of a text, and their patterns take most of the time.
const MAX_CACHED = 20_000
const MAX_CACHED_CHARS = 40
const forms = new Map<string, Form>()

function formOf(written: string): Form {
  if (written.length > MAX_CACHED_CHARS) return createForm(written)
  const known = forms.get(written)
  if (known) return known
  // A slice would keep the whole text in memory.
  const own = ` ${written}`.slice(1)
  const form = createForm(own)
  if (forms.size >= MAX_CACHED) forms.clear()
  forms.set(own, form)
  return form
}

function createForm(written: string): Form {
  const lower = written.toLowerCase()
  // "U.S." is "US".
  const text = INITIALS.test(lower) ? lower.replaceAll('.', '') : lower
  const stem = text.replace(ENDING, '')
  const negates = isNegation(text)
  const key = negates || isFunctionWord(text) || isFunctionWord(stem) ? '' : stem
  const numeral = numeralIn(text)
  const mayBeMonth = numeral === undefined && monthIn(text, { isCapital: true }) !== undefined
  const family = text.length >= FAMILY_CHARS ? text.slice(0, FAMILY_CHARS) : ''
  return { text, key, family, isNegation: negates, isCapital: lower !== written, numeral, mayBeMonth }
}

/** Joins a number and the numeral or scale word behind it. */
function joinFigure(last: Word, numeral: number): Word | undefined {
  if (last.key.startsWith('#month')) return undefined
  const isSpelled = !last.figure
  const value = joinNumeral(last.value ?? Number.NaN, numeral, isSpelled)
  if (value === undefined || Number.isNaN(value)) return undefined
  const others = (last.otherKeys ?? []).flatMap((key) => {
    const other = joinNumeral(Number(key.slice(1)), numeral, isSpelled)
    return other === undefined || Number.isNaN(other) ? [] : keyOf(other)
  })
  return { ...last, key: keyOf(value), value, otherKeys: others }
}

/** "May" and "March" may begin a sentence without being months; in some languages a month has no capital. */
function monthAt(text: string, { isCapital, last }: { readonly isCapital: boolean; readonly last: Word | undefined }) {
  if (!isCapital && last?.value === undefined) return undefined
  if (isCapital && !last && text.startsWith('ma')) return undefined
  const month = monthIn(text, { isCapital })
  return month !== undefined && needsNumber(text) && last?.value === undefined ? undefined : month
}

const INITIALS = /^(?:\p{L}\.)+\p{L}$/u
// The endings of "it's", "states'" and of a plural.
const ENDING = /'(?:s|re|ve|ll|d|m)?$|(?<=..(?:ss|x|ch|sh))es$|(?<=..[^su])s$/u
