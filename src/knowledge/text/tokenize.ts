import { ENGLISH, type Language } from './languages/language.ts'
import { scanWords } from '../../core/text/scan-words.ts'
import { WEAK_WORDS } from './stop-words.ts'
import { termOf, wordTerms, type WordTerms } from './word-terms.ts'

/** The search terms of a text, in order and with repeats. */
export interface Terms {
  /** The words without stop words, as their stems, each with its other forms, such as the parts of an identifier. */
  readonly words: readonly string[]
  /** The pairs of adjacent words or characters, and the groups of letters of a word. */
  readonly pairs: readonly string[]
}

/**
 * Splits a text into its terms: the words of `Intl.Segmenter` without stop words, as their stems and without accents, and
 * their pairs. In a script without blanks, the characters inside of words and at their borders form the pairs. So a name
 * is found even if the segmenter splits it differently in question and text.
 *
 * @param language - the same for a text and a question about it. @defaultValue English
 */
export function tokenize(text: string, language: Language = ENGLISH): Terms {
  const words: string[] = []
  const pairs: string[] = []
  readTerms(text, language, { words, parts: words, pairs, groups: pairs })
  return { words, pairs }
}

/** Weight of a pair in a query; a word has weight 1. Pairs only rank texts with the same words. */
const PAIR_WEIGHT = 0.3

/** Weight of a part of a word in a query. The whole word, which stands beside it, ranks first. */
const PART_WEIGHT = 0.5

/** Weight of a group of letters, of which a word has several. */
const GROUP_WEIGHT = 0.15

/** Weight of a word that says little about the topic, in a query that has other words. */
const WEAK_WEIGHT = 0.3

/**
 * Returns the weight of each distinct term of a query.
 *
 * @param language - that of the texts. @defaultValue English
 */
export function weighTerms(query: string, language: Language = ENGLISH): ReadonlyMap<string, number> {
  const terms: TermLists = { words: [], parts: [], pairs: [], groups: [] }
  const weights = new Map<string, number>()
  const raise = (term: string, weight: number) => weights.set(term, Math.max(weight, weights.get(term) ?? 0))
  readTerms(query, language, terms)
  const { words, parts, pairs, groups } = terms
  for (const part of parts) raise(part, PART_WEIGHT)
  for (const pair of pairs) raise(pair, PAIR_WEIGHT)
  for (const group of groups) raise(group, GROUP_WEIGHT)
  const weak = weakTermsOf(language)
  const weakWeight = words.every((word) => weak.has(word)) ? 1 : WEAK_WEIGHT
  // A weak word keeps its weight if it is a part of another word, too.
  for (const word of words) raise(word, weak.has(word) ? weakWeight : 1)
  return weights
}

/** Returns the words of a query that say what it is about, in order and with repeats. */
export function topicWords(query: string): readonly string[] {
  const weak = weakTermsOf(ENGLISH)
  return tokenize(query).words.filter((word) => !weak.has(word))
}

// Made by the first query, because of the stems.
const weakTerms = new WeakMap<Language, ReadonlySet<string>>()

function weakTermsOf(language: Language): ReadonlySet<string> {
  const known = weakTerms.get(language)
  if (known) return known
  const terms = new Set(Array.from(WEAK_WORDS, (word) => termOf(word, language)))
  weakTerms.set(language, terms)
  return terms
}

/** Returns all words of a text, including stop words, to compare texts that have no terms. */
export function plainWords(text: string): string[] {
  const words: string[] = []
  scanWords(normalize(text), { word: (word) => words.push(word.toLowerCase()), gap: () => {} })
  return words
}

/** Lists that get the terms of a text by their kind. A list may be given for several kinds. */
interface TermLists {
  readonly words: string[]
  readonly parts: string[]
  readonly pairs: string[]
  readonly groups: string[]
}

function readTerms(text: string, language: Language, { words, parts, pairs, groups }: TermLists): void {
  const cache = cacheOf(language)
  let previous: WordTerms | undefined
  let lastWord = ''
  let gap = NO_GAP
  scanWords(withSpelledSigns(normalize(text)), {
    word(segment) {
      if (gap === HYPHEN) {
        const joined = cachedTerms(`${lastWord}${segment}`, language, cache)?.term ?? ''
        if (joined !== '' && joined.length <= LONGEST_JOINED) parts.push(joined)
      }
      gap = NO_GAP
      lastWord = segment
      const word = cachedTerms(segment, language, cache)
      if (word === undefined) return
      words.push(word.term)
      addAll(parts, word.parts)
      if (previous !== undefined) pairs.push(pairOf(previous, word))
      addAll(pairs, word.pairs)
      addAll(groups, word.groups)
      previous = word
    },
    gap(joins, isHyphen) {
      gap = isHyphen && gap === NO_GAP && lastWord !== '' ? HYPHEN : OTHER_GAP
      if (!joins) previous = undefined
    },
  })
}

// By index, because most words have none, and an iterator takes more time than they do.
function addAll(list: string[], terms: readonly string[]): void {
  for (let at = 0; at < terms.length; at++) list.push(terms[at] ?? '')
}

const [NO_GAP, HYPHEN, OTHER_GAP] = [0, 1, 2]
/** "Wi-Fi" and "e-mail" are also written in one word. A longer word has parts enough. */
const LONGEST_JOINED = 20

function normalize(text: string): string {
  return text.normalize('NFKC').replaceAll('’', "'")
}

const SIGNED_LETTER = /(?<![\p{L}\p{N}])(\p{L})(\+{1,2}|#)(?![\p{L}\p{N}])/gu

/** Spells the signs of "C++" and "C#" out, because a letter alone means nothing. */
function withSpelledSigns(text: string): string {
  if (!text.includes('+') && !text.includes('#')) return text
  return text.replaceAll(
    SIGNED_LETTER,
    (_, letter: string, signs: string) => letter + (signs === '#' ? 'sharp' : 'plus'.repeat(signs.length)),
  )
}

// Few words make up most of a text. Together they take some megabytes.
const MAX_CACHED_WORDS = 50_000
const MAX_CACHED_CHARS = 40
// A stop word is cached as `null`.
type Cache = Map<string, WordTerms | null>
const caches = new WeakMap<Language, Cache>()

function cacheOf(language: Language): Cache {
  const cache: Cache = caches.get(language) ?? new Map()
  caches.set(language, cache)
  return cache
}

function cachedTerms(segment: string, language: Language, cache: Cache): WordTerms | undefined {
  if (segment.length > MAX_CACHED_CHARS) return wordTerms(segment, language)
  const cached = cache.get(segment)
  if (cached !== undefined) return cached ?? undefined
  // A slice keeps the whole text in memory (V8 before Node 26), so this makes a string of its own.
  const key = ` ${segment}`.slice(1)
  const word = wordTerms(key, language)
  if (cache.size >= MAX_CACHED_WORDS) cache.clear()
  cache.set(key, word ?? null)
  return word
}

function pairOf(left: WordTerms, right: WordTerms): string {
  return left.ends && right.ends ? `${left.ends.last}${right.ends.first}` : `${left.term} ${right.term}`
}
