/** The era of a year. */
export interface Era {
  /** True before the year 1. */
  readonly isBefore: boolean
  /** The start of the year with an era in front of it. */
  readonly start?: number
  /** The end of the era behind the year. */
  readonly end?: number
}

/** Reads the era around the digits of a year: "44 BC", "44 BCE", "44 v. Chr.", 公元前44年, and "AD 44". */
export function readEra(
  text: string,
  { start, end, from }: { readonly start: number; readonly end: number; readonly from: number },
): Era | undefined {
  const around = text.slice(Math.max(from, start - MAX_CHARS), start)
  const [before = '', early] = ERA_BEFORE.exec(around) ?? []
  if (before !== '') return { isBefore: early !== undefined, start: start - before.length }
  ERA_BEHIND.lastIndex = end
  const [behind = '', range, , late] = ERA_BEHIND.exec(text) ?? []
  if (behind === '') return undefined
  // The first year of "100–44 BC" leaves the era to the second one.
  return { isBefore: late !== undefined, ...(range === undefined && { end: end + behind.length }) }
}

const MAX_CHARS = 8
const ERA_BEFORE = /(?:(公元前|纪元前|紀元前|西元前|西暦前|기원전\s?)|(?<!\p{L})A\.?D\.?\s|公元|西元|서기\s)$/u
const BEFORE = String.raw`(B\.?\s?C\.?(?:\s?E\.?)?|v\.\s?(?:Chr\.?|u\.\s?Z\.)|av\.\s?J\.?-C\.?|a\.\s?C\.|до\sн\.\s?э\.|p\.\s?n\.\s?e\.)`
const SINCE = String.raw`(?:A\.?D\.?|C\.?E\.?|n\.\s?(?:Chr\.?|u\.\s?Z\.)|apr?\.\s?J\.?-C\.?|d\.\s?C\.|н\.\s?э\.|n\.\s?e\.)`
const ERA_BEHIND = new RegExp(
  String.raw`(\s?(?:[-–—]|to|until|and|or|bis|und|oder)\s?\d{1,4})?\s?(century|Jahrhundert|Jh\.)?\s?(?:${BEFORE}|${SINCE})(?![\p{L}\d])`,
  'uy',
)
