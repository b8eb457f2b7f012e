import { guessLanguage } from '../../text/guess-language.ts'
import type { Word } from '../word.ts'

/** A figure and the text that it stands in. */
export interface FigureInText {
  /** The figure. */
  readonly word: Word
  /** The words of the text. */
  readonly words: readonly Word[]
}

/**
 * Returns true if two figures share a reading. The language of each text decides if 1.500 is 1500 or 1.5; where it is not
 * known, both are possible.
 */
export function isSameFigure(claim: FigureInText, source: FigureInText): boolean {
  if (claim.word.text === source.word.text) return true
  if (isOtherSign(claim.word.text, source.word.text)) return false
  const readings = readingsOf(claim)
  return readingsOf(source).some((key) => readings.includes(key))
}

/** Returns true for ±5 and +5. Both may be written without their sign. */
function isOtherSign(one: string, other: string): boolean {
  const [sign, otherSign] = [one.charAt(0), other.charAt(0)]
  return (sign === '±' && otherSign === '+') || (sign === '+' && otherSign === '±')
}

function readingsOf({ word, words }: FigureInText): readonly string[] {
  const { key, otherKeys = [] } = word
  const [, separator] = AMBIGUOUS.exec(word.figure?.written ?? '') ?? []
  const [other] = otherKeys
  if (separator === undefined || other === undefined) return [key, ...otherKeys]
  const language = guessLanguage(textOf(words))
  if (!language) return [key, other]
  // The first reading takes a point for decimals and a comma for thousands.
  return [decimalOf(language) === '.' ? key : other]
}

/** Returns enough of a text to guess its language. */
export function textOf(words: readonly Word[]): string {
  return words
    .slice(0, MAX_WORDS)
    .map(({ text }) => text)
    .join(' ')
}

const MAX_WORDS = 400

function decimalOf(language: string): string {
  const known = decimals.get(language) ?? new Intl.NumberFormat(language).format(1.5).replace(/\p{Nd}/gu, '')
  decimals.set(language, known)
  return known === '٫' ? '.' : known
}

const decimals = new Map<string, string>()
const AMBIGUOUS = /^[-+±]?\d{1,3}([.,])\d{3}$/u
