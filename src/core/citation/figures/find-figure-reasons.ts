import type { Word } from '../word.ts'
import { findUnitReason, isConverted, isSameUnit, type Place } from './compare-units.ts'
import { keyOf } from './figure.ts'
import { isSameFigure } from './is-same-figure.ts'
import { impliedBy } from './numerals.ts'
import { findRepetitionReasons } from './repetitions.ts'
import { romanValue } from './roman-value.ts'

/** A figure that the passage has this often is not compared further, so that the time stays linear. */
const MAX_PLACES = 32
/** Nor are more figures of one claim looked up in other forms. A claim shows eight reasons. */
const MAX_LOOKUPS = 32

/** Returns the figures of a claim that the passage does not have, or has with another unit. */
export function findFigureReasons(claim: readonly Word[], passage: readonly Word[]): readonly string[] {
  const reasons = [...findRepetitionReasons(claim, passage)]
  if (claim.every(({ value }) => value === undefined)) return reasons
  const held = placesOf(passage)
  let lookups = 0
  for (let at = 0; at < claim.length; at++) {
    const word = claim[at]
    // "One" is usually not meant as a number.
    if (word?.value === undefined || (word.key === '#1' && (!word.figure || word.text === '一'))) continue
    const places = keysOf(word).flatMap((key) => held.get(key) ?? [])
    if (places.length >= MAX_PLACES) continue
    const agreeing = places.filter((place) => isSameAt(place, { word, claim, passage }))
    const isUsual = agreeing.some((place) => isSameUnit({ words: claim, at }, { words: passage, at: place }))
    if (isUsual) continue
    lookups += 1
    if (lookups > MAX_LOOKUPS) break
    const reason = reasonAt({ words: claim, at }, { passage, places: agreeing, held })
    if (reason !== undefined) reasons.push(reason)
  }
  return reasons
}

interface Compared {
  readonly word: Word
  readonly claim: readonly Word[]
  readonly passage: readonly Word[]
}

function isSameAt(place: number, { word, claim, passage }: Compared): boolean {
  const found = passage[place]
  return found !== undefined && isSameFigure({ word, words: claim }, { word: found, words: passage })
}

interface Held {
  readonly passage: readonly Word[]
  /** The indexes of the figure in the passage. */
  readonly places: readonly number[]
  /** The places of all figures. */
  readonly held: ReadonlyMap<string, readonly number[]>
}

function reasonAt(claim: Place, { passage, places, held }: Held): string | undefined {
  const word = claim.words[claim.at]
  if (places.length > 0) return findUnitReason(claim, { words: passage, places })
  if (!word || isImplied(word, passage) || isCodeApart(word, claim, passage)) return undefined
  if ([claim.words, passage].some((words) => isDecrease(word, words, held))) return undefined
  return isConverted(claim, passage) ? undefined : reasonOf(word, passage)
}

function keysOf({ key, otherKeys = [] }: Word): readonly string[] {
  return [key, ...otherKeys]
}

function placesOf(passage: readonly Word[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (let at = 0; at < passage.length; at++) {
    const word = passage[at]
    if (word?.value === undefined) continue
    for (const key of keysOf(word)) {
      const known = places.get(key)
      if (!known) places.set(key, [at])
      else if (known.length < MAX_PLACES) known.push(at)
    }
  }
  return places
}

/** "A dozen" gives the 12, "both" the 2. */
function isImplied({ value, key }: Word, passage: readonly Word[]): boolean {
  if (!/^#[\d.]+$/u.test(key)) return false
  return passage.some(
    ({ text, name }) => impliedBy(text).some((implied) => implied === value) || (name && romanValue(name) === value),
  )
}

/** "ISO 27001" and "ISO27001" are the same, as are "COVID-19" and "COVID19". */
function isCodeApart(word: Word, { words, at: place }: Place, passage: readonly Word[]): boolean {
  if (word.figure?.kind === 'code') {
    const written = word.key.replaceAll('-', '')
    return passage.some(({ text }, at) => at > 0 && `${passage[at - 1]?.text ?? ''}${text}` === written)
  }
  const joined = `${words[place - 1]?.text ?? ''}${word.text}`
  return passage.some(({ figure, key }) => figure?.kind === 'code' && key === joined)
}

function reasonOf({ text, key, figure }: Word, passage: readonly Word[]): string {
  if (key.startsWith('#month')) return `date:${/^\p{L}/u.test(text) ? text : key.slice(7)}`
  if (YEAR.test(key)) return `date:${key.slice(1)}`
  // The other half of the day is another unit.
  const isOtherHalf = figure?.kind === 'clock' && figure.unit && passage.some((word) => isTwelveHoursAway(word, key))
  if (isOtherHalf) return `unit:${figure.unit}`
  return `number:${figure?.kind === 'code' ? figure.written : key.replace(/^#/u, '')}`
}

function isTwelveHoursAway(word: Word, key: string): boolean {
  const [hour = '', minute] = key.slice(1).split(':')
  return word.key === `#${(Number(hour) + 12) % 24}:${minute}`
}

const YEAR = /^#(?:1\d|2[01])\d\d$/u

/** "Fell by 5 %" is a change of −5 %: a word of decrease in front of a number stands for the sign. */
function isDecrease(word: Word, words: readonly Word[], held: ReadonlyMap<string, readonly number[]>): boolean {
  const { value = Number.NaN } = word
  if (Number.isNaN(value) || !held.has(keyOf(-value))) return false
  return words.some(
    ({ text }, at) =>
      BY.test(text) &&
      DECREASE.test(words[at - 1]?.text ?? '') &&
      Math.abs(words[at + 1]?.value ?? Number.NaN) === Math.abs(value),
  )
}

const BY = /^(?:by|um)$/u
const DECREASE =
  /^(?:fell|fall|falls|fallen|dropped|drop|drops|declined|decreased|shrank|lost|sank|sinkt|fiel|fällt|gesunken|down)$/u
