import type { PlacedSentence } from './grounding-data.ts'

/** A true sentence of a paragraph, and the same sentence with one falsified detail. */
export interface EditedSentence extends PlacedSentence {
  readonly edited: string
}

/** Falsifies one detail of a sentence; returns undefined if the sentence has no such detail. */
export type Edit = (placed: PlacedSentence, random: () => number) => string | undefined

/** The sentences that an edit can falsify. */
export function editAll(sentences: readonly PlacedSentence[], edit: Edit, random: () => number): EditedSentence[] {
  return sentences.flatMap((placed) => {
    const edited = edit(placed, random)
    return edited === undefined ? [] : { ...placed, edited }
  })
}

const DIGITS = String.raw`(?<![\p{L}\p{N}.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\p{L}\p{N}]|,\d)`
const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December'.split('|')
const NUMERALS =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion'.split(
    '|',
  )
const NUMBER = new RegExp(
  `${DIGITS}|\\b(?:${NUMERALS.join('|')})\\b|\\b(?:${MONTHS.join('|')})(?= \\d)|(?<=\\d )(?:${MONTHS.join('|')})\\b`,
  'gu',
)

/**
 * Replaces one number, in digits or as a word, or the month of a date. Every second time the new value is another
 * number of the same kind from the paragraph, if there is one. Otherwise it is invented: a year at most 20 years away,
 * an amount at most as far away as it is large. It is never a number of the sentence.
 */
export const changeNumber: Edit = ({ sentence, paragraph }, random) => {
  const matches = [...sentence.matchAll(NUMBER)]
  const match = pick(matches, random)
  if (!match) return undefined
  const taken = new Set(matches.map(([number]) => number))
  const isNew = (number: string): boolean => !taken.has(number) && kindOf(number) === kindOf(match[0])
  const elsewhere = [...paragraph.matchAll(NUMBER)].map(([number]) => number).filter(isNew)
  const borrowed = random() < 0.5 ? pick(elsewhere, random) : undefined
  let number = borrowed
  while (number === undefined || !isNew(number)) number = invent(match[0], random)
  return replaceAt(sentence, match.index, match[0], number)
}

function kindOf(number: string): string {
  if (MONTHS.includes(number)) return 'month'
  if (NUMERALS.includes(number)) return number.length > 6 ? 'scale' : 'numeral'
  return /^[12]\d{3}$/u.test(number) ? 'year' : 'digits'
}

function invent(number: string, random: () => number): string {
  const kind = kindOf(number)
  const away = (most: number): number => (1 + Math.floor(random() * most)) * (random() < 0.5 ? -1 : 1)
  if (kind === 'month') return pick(MONTHS, random) ?? ''
  if (kind === 'year') return `${Number(number) + away(20)}`
  if (kind !== 'digits') return pick(NUMERALS, random) ?? ''
  const [whole = '', decimals] = number.split('.')
  if (decimals !== undefined) return `${whole}.${Math.floor(random() * 10 ** decimals.length)}`
  const value = Number(whole.replaceAll(',', ''))
  const changed = Math.abs(value + away(Math.max(9, value)))
  return whole.includes(',') ? changed.toLocaleString('en') : `${changed}`
}

const AUXILIARY =
  /\b(?:is|are|was|were|be|been|can|could|may|might|must|should|will|would|has|have|had|do|does|did)\b(?! (?:not?|never|none|neither|only|just|merely|simply)\b)/gu
const NOT = / not\b(?! (?:only|just|merely|simply))/gu

/** Removes one "not", or adds one after an auxiliary or a copula when there is none. Never makes "not only" or "not no". */
export const flipNegation: Edit = ({ sentence }, random) => {
  const negation = pick([...sentence.matchAll(NOT)], random)
  if (negation) return replaceAt(sentence, negation.index, negation[0], '')
  const auxiliary = pick([...sentence.matchAll(AUXILIARY)], random)
  return auxiliary && replaceAt(sentence, auxiliary.index, auxiliary[0], `${auxiliary[0]} not`)
}

const CHINESE_FLIPS: Readonly<Record<string, string>> = {
  是: '不是',
  能: '不能',
  会: '不会',
  可以: '不可以',
  可能: '不可能',
  有: '没有',
  应该: '不应该',
  需要: '不需要',
  不是: '是',
  不能: '能',
  不会: '会',
  没有: '有',
}
const chineseWords = new Intl.Segmenter('zh', { granularity: 'word' })

/** Negates a Chinese verb, or takes its negation away. */
export const flipChineseNegation: Edit = ({ sentence }, random) => {
  const words = [...chineseWords.segment(sentence)].filter(({ segment }) => segment in CHINESE_FLIPS)
  const word = pick(words, random)
  return word && replaceAt(sentence, word.index, word.segment, CHINESE_FLIPS[word.segment] ?? '')
}

const NAME = /(?<=[\p{Ll},] )\p{Lu}\p{Ll}{2,}\b/gu

/** Creates the edit that replaces a name by one from another paragraph that is not in its own. */
export function changeName(sentences: readonly PlacedSentence[]): Edit {
  const names = [...new Set(sentences.flatMap(({ sentence }) => [...sentence.matchAll(NAME)].map(([name]) => name)))]
  return ({ sentence, paragraph }, random) => {
    const match = pick([...sentence.matchAll(NAME)], random)
    if (!match) return undefined
    let name = match[0]
    while (paragraph.toLowerCase().includes(name.toLowerCase())) name = pick(names, random) ?? ''
    return replaceAt(sentence, match.index, match[0], name)
  }
}

function pick<Item>(items: readonly Item[], random: () => number): Item | undefined {
  return items[Math.floor(random() * items.length)]
}

function replaceAt(text: string, index: number, old: string, replacement: string): string {
  return text.slice(0, index) + replacement + text.slice(index + old.length)
}
