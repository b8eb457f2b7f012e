import { stemmer } from 'stemmer'
import { STOP_WORDS } from './stop-words.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const HAN = /^\p{Script=Han}+$/u
const LATIN = /^[a-z]+$/u
const POSSESSIVE = /'s?$/u
const JOINS_WORDS = /^[\s\p{Pd}]*$/u

/** What a text is searched by, in order and with repeats. */
export interface Terms {
  /** The words that carry meaning. */
  readonly words: readonly string[]
  /** What neighbouring words, or neighbouring characters of a Chinese word, form together. */
  readonly pairs: readonly string[]
}

/**
 * Cuts a text of any language into its terms: the words of `Intl.Segmenter` without stop words, English ones reduced
 * to their Porter stem, and the pairs that they form. Two Chinese words pair by the characters at their border, so that
 * a name or term is found although the segmenter's dictionary cuts it differently in question and text.
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

/** What a pair counts in a query, where a word counts 1: pairs tell good hits from better ones. */
const PAIR_WEIGHT = 0.3

/** The distinct terms of a query, with what each counts. */
export function weighTerms(query: string): ReadonlyMap<string, number> {
  const { words, pairs } = tokenize(query)
  return new Map([...pairs.map((pair) => [pair, PAIR_WEIGHT] as const), ...words.map((word) => [word, 1] as const)])
}

/**
 * How much a term tells that `frequency` of `total` texts hold: the inverse document frequency of BM25. A term that no
 * text holds counts as one that a single text holds: among few texts it would otherwise outweigh all the others.
 */
export function rarity(frequency: number, total: number): number {
  const known = Math.max(1, frequency)
  return Math.log(1 + (total - known + 0.5) / (known + 0.5))
}

/** All words of a text, stop words included: what is left to compare when it has no terms. */
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
