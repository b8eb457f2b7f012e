import { stemmer } from 'stemmer'
import { STOP_WORDS } from './stop-words.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const HAN = /^\p{Script=Han}+$/u
const LATIN = /^[a-z]+$/u
const POSSESSIVE = /'s?$/u
const JOINS_WORDS = /^[\s\p{Pd}]*$/u

/** The search terms of a text, in order and with repeats. */
export interface Terms {
  /** The words without stop words, stemmed. */
  readonly words: readonly string[]
  /** The pairs of adjacent words, or of adjacent characters of a Chinese word. */
  readonly pairs: readonly string[]
}

/**
 * Splits a text of any language into its terms: the words of `Intl.Segmenter` without stop words, English ones as their
 * Porter stem, and their pairs. Two Chinese words form a pair of the characters at their border. So a name is found even
 * if the segmenter splits it differently in question and text.
 */
export function tokenize(text: string): Terms {
  const words: string[] = []
  const pairs: string[] = []
  let previous: string | undefined
  for (const { segment, isWordLike } of segmenter.segment(normalize(text))) {
    if (!isWordLike) {
      if (!JOINS_WORDS.test(segment)) previous = undefined
      continue
    }
    const word = toTerm(segment)
    if (word === undefined) continue
    if (previous !== undefined) pairs.push(pairOf(previous, word))
    if (HAN.test(word)) pairs.push(...pairsInside(word))
    words.push(word)
    previous = word
  }
  return { words, pairs }
}

/** Weight of a pair in a query; a word has weight 1. Pairs only rank texts with the same words. */
const PAIR_WEIGHT = 0.3

/** Returns the weight of each distinct term of a query. */
export function weighTerms(query: string): ReadonlyMap<string, number> {
  const { words, pairs } = tokenize(query)
  return new Map([...pairs.map((pair) => [pair, PAIR_WEIGHT] as const), ...words.map((word) => [word, 1] as const)])
}

/**
 * Returns the inverse document frequency (BM25) of a term that is in `frequency` of `total` texts. A term that is in no
 * text counts as in one text: with few texts it would otherwise outweigh all the others.
 */
export function rarity(frequency: number, total: number): number {
  const known = Math.max(1, frequency)
  return Math.log(1 + (total - known + 0.5) / (known + 0.5))
}

/** Returns all words of a text, including stop words, to compare texts that have no terms. */
export function plainWords(text: string): string[] {
  return Array.from(segmenter.segment(normalize(text)))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment)
}

function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('’', "'")
}

function toTerm(segment: string): string | undefined {
  if (STOP_WORDS.has(segment)) return undefined
  const word = segment.replace(POSSESSIVE, '')
  if (STOP_WORDS.has(word)) return undefined
  return LATIN.test(word) ? stemmer(word) : word
}

function pairOf(left: string, right: string): string {
  if (!HAN.test(left) || !HAN.test(right)) return `${left} ${right}`
  return `${[...left].at(-1)}${[...right].at(0)}`
}

function pairsInside(word: string): string[] {
  const characters = [...word]
  // The pair of a two-character word is the word itself.
  if (characters.length < 3) return []
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}
