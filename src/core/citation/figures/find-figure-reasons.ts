import type { Word } from '../read-words.ts'
import { findUnitReason, isConverted } from './compare-units.ts'
import { impliedBy } from './numerals.ts'

/** Returns the figures of a claim that the passage does not have, or has with another unit. */
export function findFigureReasons(claim: readonly Word[], passage: readonly Word[]): readonly string[] {
  const held = placesOf(passage)
  const readings = claim.flatMap((word, at) => {
    // "One" is usually not meant as a number.
    if (word.value === undefined || (word.key === '#1' && !word.figure) || word.text === '一') return []
    const places = keysOf(word).flatMap((key) => held.get(key) ?? [])
    if (places.length > 0) return findUnitReason({ words: claim, at }, { words: passage, places }) ?? []
    if (isImplied(word, passage) || isCodeApart(word, claim, passage)) return []
    return isConverted({ words: claim, at }, passage) ? [] : reasonOf(word, passage)
  })
  return readings
}

function keysOf({ key, otherKeys = [] }: Word): readonly string[] {
  return [key, ...otherKeys]
}

/** Maximum of compared places of one figure, so that the time stays linear. */
const MAX_PLACES = 32

function placesOf(passage: readonly Word[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [at, word] of passage.entries()) {
    if (word.value === undefined) continue
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
  return passage.some(({ text }) => impliedBy(text).some((implied) => implied === value))
}

/** "ISO 27001" and "ISO27001" are the same, as are "COVID-19" and "COVID19". */
function isCodeApart(word: Word, claim: readonly Word[], passage: readonly Word[]): boolean {
  if (word.figure?.kind === 'code') {
    const written = word.key.replaceAll('-', '')
    return passage.some(({ text }, at) => at > 0 && `${passage[at - 1]?.text ?? ''}${text}` === written)
  }
  const joined = `${claim[claim.indexOf(word) - 1]?.text ?? ''}${word.text}`
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
