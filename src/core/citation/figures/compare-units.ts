import { guessLanguage } from '../../text/guess-language.ts'
import { textOf } from './is-same-figure.ts'
import type { Word } from '../word.ts'
import { partIn } from './numerals.ts'
import { unitIn, type Unit } from './units.ts'

/** A number among the words of a text. */
export interface Place {
  /** The words. */
  readonly words: readonly Word[]
  /** The index of the number. */
  readonly at: number
  /** The language of the claim, whose names of units are known beside those of English, German and Chinese. */
  readonly language?: string | undefined
}

interface Places {
  readonly words: readonly Word[]
  /** The indexes of the same number in the passage. */
  readonly places: readonly number[]
}

/** Returns a reason if the passage has the number, but everywhere with another unit. */
export function findUnitReason(claim: Place, { words, places }: Places): string | undefined {
  const language = guessLanguage(textOf(claim.words))
  const unit = unitAt({ ...claim, language })
  if (places.every((at) => isShareLeftOut({ ...claim, language }, { words, at, language }))) return 'unit:percent'
  if (
    !unit ||
    !places.every((at) => isOtherUnit({ claim, unit }, { words, at, language })) ||
    isConverted(claim, words)
  ) {
    return undefined
  }
  const isOtherPer = places.some((at) => {
    const other = unitAt({ words, at, language })
    return unit.known ? other?.known?.name === unit.known.name : other?.text === unit.text
  })
  return `unit:${(isOtherPer ? unit.per?.name : unit.known?.name) ?? unit.text}`
}

/** Returns true if the same words follow both numbers: nearly always, so that few figures need the names of units. */
export function isSameUnit(claim: Place, source: Place): boolean {
  const [own, other] = [claim.words[claim.at]?.figure?.unit, source.words[source.at]?.figure?.unit]
  if (own !== other) return false
  for (let away = 1; away <= COMPARED_WORDS; away += 1) {
    const [word, held] = [claim.words[claim.at + away], source.words[source.at + away]]
    if (word?.text !== held?.text || word?.gap.trim() !== held?.gap.trim()) return false
  }
  return true
}

/** A unit of two words, "per" and its unit. */
const COMPARED_WORDS = 4

/** Returns true if the passage has the same quantity in another unit, such as 5000 g for 5 kg. */
export function isConverted(claim: Place, passage: readonly Word[]): boolean {
  const language = guessLanguage(textOf(claim.words))
  const known = unitAt({ ...claim, language })?.known
  const value = claim.words[claim.at]?.value ?? Number.NaN
  if (!known || known.dimension === undefined || Number.isNaN(value)) return false
  const amount = toBase(value, known)
  const others = passage.flatMap((word, at) => {
    const value = word.value ?? partIn(word.text)
    const place = { words: passage, at: afterArticle(passage, at), language }
    const other = value === undefined ? undefined : unitAt(place)?.known
    return other && other.dimension === known.dimension ? { value, other } : []
  })
  // A passage that uses the unit itself gives the value in it.
  if (others.some(({ other }) => other.name === known.name)) return false
  return others.some(({ value: held = Number.NaN, other }) => {
    return Math.abs(toBase(held, other) - amount) <= Math.abs(amount) * TOLERANCE
  })
}

/** "Half an hour": the unit stands behind the article. */
function afterArticle(words: readonly Word[], at: number): number {
  return words[at]?.value === undefined && /^(?:an?|of|eine[rs]?)$/u.test(words[at + 1]?.text ?? '')
    ? afterArticleAt(words, at + 1)
    : at
}

function afterArticleAt(words: readonly Word[], at: number): number {
  return /^an?$/u.test(words[at + 1]?.text ?? '') ? at + 1 : at
}

/** A converted value is rounded, a month has 30 or 31 days, a kilobyte 1000 or 1024 bytes. */
const TOLERANCE = 0.025

function toBase(value: number, { factor = 1, offset = 0 }: Unit): number {
  return value * factor + offset
}

/** The unit behind a number. */
export interface UnitAt {
  /** The word that follows the number. */
  readonly text: string
  /** The unit, if it is a known one. */
  readonly known: Unit | undefined
  /** The unit behind "per", such as the hour of "km per hour". */
  readonly per: Unit | undefined
}

/** Returns what follows a number, or the currency in front of it. */
export function unitAt({ words, at, language }: Place): UnitAt | undefined {
  const prefix = words[at]?.figure?.unit
  const isClock = words[at]?.figure?.kind === 'clock'
  if (isClock || words[at]?.key.startsWith('#month')) return undefined
  if (prefix !== undefined) return { text: prefix, known: unitIn(prefix), per: perOf({ words, at: at + 1, language }) }
  const next = words[at + 1]
  if (!next || next.value !== undefined || !/^[\s-]*$/u.test(next.gap) || next.previous === '') return undefined
  // "3,5 millones de euros"
  const from = next.text === 'de' ? at + 2 : at + 1
  const { known, count } = namedUnit({ words, at: from, language })
  const text = words[from]?.text ?? next.text
  if (known?.name === 'mph') return { text, known: unitIn('mile'), per: unitIn('hour') }
  return { text, known, per: perOf({ words, at: from + count, language }) }
}

/** Returns the unit of the most words, up to three: "percentage points", 个百分点. */
function namedUnit({ words, at: from, language }: Place): { readonly known: Unit | undefined; readonly count: number } {
  const parts = words.slice(from, from + MAX_WORDS)
  const blank = HAN.test(parts[0]?.text ?? '') ? '' : ' '
  for (let count = parts.length; count > 0; count -= 1) {
    const named = parts.slice(0, count)
    if (named.some(({ gap }, index) => index > 0 && !/^[\s-]*$/u.test(gap))) continue
    const known = unitIn(named.map(({ text }) => text).join(blank), language)
    if (known) return { known, count }
  }
  return { known: undefined, count: 1 }
}

const MAX_WORDS = 3

function perOf({ words, at, language }: Place): Unit | undefined {
  const word = words[at]
  if (word?.gap.trim() === '/') return unitIn(word.text, language)
  return word && /^(?:per|a|an|pro|每)$/u.test(word.text) ? unitIn(words[at + 1]?.text ?? '', language) : undefined
}

interface Claimed {
  readonly claim: Place
  readonly unit: UnitAt
}

function isOtherUnit({ claim, unit }: Claimed, place: Place): boolean {
  const other = unitAt(place)
  if (!other) return false
  const isOtherPer = Boolean(unit.per && other.per && unit.per.name !== other.per.name)
  if (unit.known && other.known) {
    return unit.known.name === other.known.name ? isOtherPer : !isUnspecific(unit.known, other.known)
  }
  if (isOtherPer && isSameWord(unit.text, other.text)) return true
  if (isSameWord(unit.text, other.text) || isNear(unit, place)) return false
  return isSubstituted(claim, place)
}

function isUnspecific({ name }: Unit, { name: other }: Unit): boolean {
  return [name, other].includes('degree') && [name, other].some((one) => one === 'celsius' || one === 'fahrenheit')
}

function isSameWord(one: string, other: string): boolean {
  if (one === other) return true
  // Endings differ, as in "Einwohner" and "Einwohnern"; "kilograms" and "kilometres" have only their beginning in common.
  const common = Math.max(4, Math.ceil(Math.min(one.length, other.length) * 0.7))
  return Math.min(one.length, other.length) >= 4 && one.slice(0, common) === other.slice(0, common)
}

/** Returns true if the passage has the claimed unit as a word around the number. */
function isNear({ text, known }: UnitAt, { words, at, language }: Place): boolean {
  return words.slice(Math.max(0, at - NEAR_WORDS), at + NEAR_WORDS).some((word) => {
    return isSameWord(word.text, text) || (known !== undefined && unitIn(word.text, language)?.name === known.name)
  })
}

/** A unit may be named once for several numbers, or stand before its number as in a table. */
const NEAR_WORDS = 12

/** Returns true if the words around the unit are the same, so that only the unit was exchanged. */
function isSubstituted(claim: Place, place: Place): boolean {
  const around = ({ words, at }: Place) => [words[at - 1]?.text, words[at + 2]?.text]
  const [before, after] = around(claim)
  const [otherBefore, otherAfter] = around(place)
  return before === otherBefore && after === otherAfter
}

/**
 * Returns true for a share against a plain number, as in "50 % of the users" and "50 of the users": the words around both are
 * the same, and the text of the number has no share.
 */
function isShareLeftOut(claim: Place, source: Place): boolean {
  const [own, other] = [shareAt(claim), shareAt(source)]
  if (Boolean(own) === Boolean(other)) return false
  const [share, count, plain] = own ? [claim, own, source] : [source, other ?? 1, claim]
  if (plain.words[plain.at]?.figure?.unit !== undefined) return false
  const [next, nextToShare] = [plain.words[plain.at + 1], share.words[share.at + 1 + count]]
  const isSameNext = next?.text === nextToShare?.text
  const isSamePrevious =
    plain.words[plain.at]?.gap.trim() === '' && plain.words[plain.at - 1]?.text === share.words[share.at - 1]?.text
  // A number at the end of its sentence may be a cell of a table.
  const isCompared =
    next && next.previous !== '' ? isSameNext && /^\s*$/u.test(next.gap) : isSamePrevious && isEnd(nextToShare)
  return isCompared && !plain.words.some((_, at) => shareAt({ ...plain, at: at - 1 }) !== undefined)
}

function isEnd(word: Word | undefined): boolean {
  return !word || word.previous === ''
}

/** Returns the number of words of "percent" or "percentage points" behind a number. */
function shareAt({ words, at, language }: Place): number | undefined {
  const { known, count } = namedUnit({ words, at: at + 1, language })
  return known && SHARES.has(known.name) ? count : undefined
}

const SHARES: ReadonlySet<string> = new Set(['percent', 'percentage-point', 'permille'])

// Words without blanks between them.
const HAN = /^\p{Script=Han}/u
