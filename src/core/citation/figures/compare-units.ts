import type { Word } from '../read-words.ts'
import { dimensionOf, unitIn, type Unit } from './units.ts'

/** A number among the words of a text. */
export interface Place {
  readonly words: readonly Word[]
  readonly at: number
}

interface Places {
  readonly words: readonly Word[]
  /** Where the passage has the same number. */
  readonly places: readonly number[]
}

/** Returns a reason if the passage has the number, but everywhere with another unit. */
export function findUnitReason(claim: Place, { words, places }: Places): string | undefined {
  const unit = unitAt(claim)
  if (!unit) return undefined
  const isDifferent = places.every((at) => isOtherUnit({ claim, unit }, { words, at }))
  if (!isDifferent || isConverted(claim, words)) return undefined
  return `unit:${unit.known?.name ?? unit.text}`
}

/** Returns true if the passage has the same quantity in another unit, such as 5000 g for 5 kg. */
export function isConverted(claim: Place, passage: readonly Word[]): boolean {
  const known = unitAt(claim)?.known
  const value = claim.words[claim.at]?.value ?? Number.NaN
  if (!known || dimensionOf(known) === undefined || Number.isNaN(value)) return false
  const amount = toBase(value, known)
  const others = passage.flatMap((word, at) => {
    const other = word.value === undefined ? undefined : unitAt({ words: passage, at })?.known
    return other && dimensionOf(other) === dimensionOf(known) ? { word, other } : []
  })
  // A passage that uses the unit itself gives the value in it.
  if (others.some(({ other }) => other.name === known.name)) return false
  return others.some(({ word, other }) => {
    return Math.abs(toBase(word.value ?? Number.NaN, other) - amount) <= Math.abs(amount) * TOLERANCE
  })
}

/** A converted value is rounded, a month has 30 or 31 days, a kilobyte 1000 or 1024 bytes. */
const TOLERANCE = 0.025

function toBase(value: number, { factor = 1, offset = 0 }: Unit): number {
  return value * factor + offset
}

/** What follows a number. */
export interface UnitAt {
  /** The word that follows the number. */
  readonly text: string
  readonly word: Word | undefined
  /** The unit, if it is a known one. */
  readonly known: Unit | undefined
  /** The unit behind "per", such as the hour of "km per hour". */
  readonly per: Unit | undefined
}

/** Returns what follows a number, or the currency in front of it. */
export function unitAt({ words, at }: Place): UnitAt | undefined {
  const prefix = words[at]?.figure?.unit
  const isClock = words[at]?.figure?.kind === 'clock'
  if (isClock || words[at]?.key.startsWith('#month')) return undefined
  if (prefix !== undefined) return { text: prefix, word: undefined, known: unitIn(prefix), per: undefined }
  const next = words[at + 1]
  if (!next || next.value !== undefined || !/^[\s-]*$/u.test(next.gap) || !next.pair) return undefined
  const after = words[at + 2]
  const phrase = after && /^[\s-]*$/u.test(after.gap) ? unitIn(`${next.text} ${after.text}`) : undefined
  const known = phrase ?? unitIn(next.text)
  return { text: next.text, word: next, known, per: known && perOf(words, at + (phrase ? 3 : 2)) }
}

function perOf(words: readonly Word[], at: number): Unit | undefined {
  const word = words[at]
  if (word?.gap.trim() === '/') return unitIn(word.text)
  return word && /^(?:per|a|an|pro|每)$/u.test(word.text) ? unitIn(words[at + 1]?.text ?? '') : undefined
}

interface Claimed {
  readonly claim: Place
  readonly unit: UnitAt
}

function isOtherUnit({ claim, unit }: Claimed, place: Place): boolean {
  const other = unitAt(place)
  if (!other) return false
  if (unit.known && other.known) {
    if (unit.known.name !== other.known.name) return !isUnspecific(unit.known, other.known)
    return Boolean(unit.per && other.per && unit.per.name !== other.per.name)
  }
  if (isSameWord(unit.text, other.text) || isNear(unit, place)) return false
  return isSubstituted(claim, place)
}

function isUnspecific({ name }: Unit, { name: other }: Unit): boolean {
  return [name, other].includes('degree') && [name, other].some((one) => one === 'celsius' || one === 'fahrenheit')
}

function isSameWord(one: string, other: string): boolean {
  return one === other || (one.length > 3 && one.slice(0, 4) === other.slice(0, 4))
}

/** Returns true if the passage has the claimed unit as a word around the number. */
function isNear({ text, known }: UnitAt, { words, at }: Place): boolean {
  return words.slice(Math.max(0, at - NEAR_WORDS), at + NEAR_WORDS).some((word) => {
    return isSameWord(word.text, text) || (known !== undefined && unitIn(word.text)?.name === known.name)
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
