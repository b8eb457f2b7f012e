import { stemmer } from 'stemmer'
import { scanWords } from './scan-words.ts'
import { STOP_WORDS, WEAK_WORDS } from './stop-words.ts'

const HAN = /^\p{Script=Han}+$/u
const LATIN = /^[a-z]+$/u
const POSSESSIVE = /'s?$/u

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
  let previous: Word | undefined
  scanWords(normalize(text), {
    word(segment) {
      const word = toWord(segment)
      if (word === undefined) return
      if (previous !== undefined) pairs.push(pairOf(previous, word))
      if (word.han) pairs.push(...word.han.pairs)
      words.push(word.term)
      previous = word
    },
    gap(joins) {
      if (!joins) previous = undefined
    },
  })
  return { words, pairs }
}

/** Weight of a pair in a query; a word has weight 1. Pairs only rank texts with the same words. */
const PAIR_WEIGHT = 0.3

/** Weight of a word that says little about the topic, in a query that has other words. */
const WEAK_WEIGHT = 0.3

/** Returns the weight of each distinct term of a query. */
export function weighTerms(query: string): ReadonlyMap<string, number> {
  const { words, pairs } = tokenize(query)
  const weak = weakTermsOnce()
  const weakWeight = words.every((word) => weak.has(word)) ? 1 : WEAK_WEIGHT
  return new Map([
    ...pairs.map((pair) => [pair, PAIR_WEIGHT] as const),
    ...words.map((word) => [word, weak.has(word) ? weakWeight : 1] as const),
  ])
}

/** Returns the words of a query that say what it is about, in order and with repeats. */
export function topicWords(query: string): readonly string[] {
  const weak = weakTermsOnce()
  return tokenize(query).words.filter((word) => !weak.has(word))
}

// Made by the first query, because of the stems.
let weakTerms: ReadonlySet<string> | undefined

function weakTermsOnce(): ReadonlySet<string> {
  return (weakTerms ??= new Set(Array.from(WEAK_WORDS, (word) => createWord(word)?.term ?? word)))
}

/**
 * Returns the inverse document frequency (BM25) of a term that is in `frequency` of `total` texts. A term that is in no
 * text counts as in one text: with few texts it would otherwise outweigh all the others.
 */
export function rarity(frequency: number, total: number): number {
  return Math.max(inverseFrequency(Math.max(1, frequency), total), LEAST_RARITY * inverseFrequency(1, total))
}

/** The least rarity of a term, as a share of the highest one: a word may be in every text because they are about it. */
export const LEAST_RARITY = 0.2

function inverseFrequency(frequency: number, total: number): number {
  return Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
}

/** Returns all words of a text, including stop words, to compare texts that have no terms. */
export function plainWords(text: string): string[] {
  const words: string[] = []
  scanWords(normalize(text), { word: (word) => words.push(word), gap: () => {} })
  return words
}

function normalize(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('’', "'")
}

/** A word that is not a stop word. */
interface Word {
  readonly term: string
  /** The parts of a Chinese word. */
  readonly han?: { readonly first: string; readonly last: string; readonly pairs: readonly string[] } | undefined
}

// Few words make up most of a text. Together they take some megabytes.
const MAX_CACHED_WORDS = 50_000
const MAX_CACHED_CHARS = 40
// A stop word is cached as `null`.
const cache = new Map<string, Word | null>()

function toWord(segment: string): Word | undefined {
  if (segment.length > MAX_CACHED_CHARS) return createWord(segment)
  const cached = cache.get(segment)
  if (cached !== undefined) return cached ?? undefined
  // A slice keeps the whole text in memory (V8 before Node 26), so this makes a string of its own.
  const key = ` ${segment}`.slice(1)
  const word = createWord(key)
  if (cache.size >= MAX_CACHED_WORDS) cache.clear()
  cache.set(key, word ?? null)
  return word
}

function createWord(segment: string): Word | undefined {
  if (STOP_WORDS.has(segment)) return undefined
  const word = segment.replace(POSSESSIVE, '')
  if (STOP_WORDS.has(word)) return undefined
  if (LATIN.test(word)) return { term: stemmer(word) }
  return { term: word, han: HAN.test(word) ? partsOf([...word]) : undefined }
}

function partsOf(characters: readonly string[]): Word['han'] {
  const [first = '', last = first] = [characters[0], characters.at(-1)]
  // The pair of a two-character word is the word itself.
  if (characters.length < 3) return { first, last, pairs: [] }
  return { first, last, pairs: characters.slice(1).map((character, index) => `${characters[index]}${character}`) }
}

function pairOf(left: Word, right: Word): string {
  return left.han && right.han ? `${left.han.last}${right.han.first}` : `${left.term} ${right.term}`
}
