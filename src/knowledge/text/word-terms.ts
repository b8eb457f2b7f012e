import { foldWord } from './languages/fold-word.ts'
import { withoutParticle } from './languages/korean.ts'
import type { Language } from './languages/language.ts'
import { splitIdentifier } from './languages/split-identifier.ts'

/** The terms of a word that is not a stop word. */
export interface WordTerms {
  /** The word: folded, and as its stem. */
  readonly term: string
  /** Other words that it stands for: the parts of an identifier, a number in digits only. */
  readonly parts: readonly string[]
  /** The pairs of its characters, if it is of a script without blanks. */
  readonly pairs: readonly string[]
  /** Smaller parts: the groups of four letters, the single Chinese characters and Korean syllables. */
  readonly groups: readonly string[]
  /** The first and the last character of a word that has pairs, for a pair with its neighbour. */
  readonly ends?: { readonly first: string; readonly last: string } | undefined
}

/** Returns the terms of a word as the text has it; `undefined` for a stop word. */
export function wordTerms(written: string, language: Language): WordTerms | undefined {
  const word = withoutAffix(written.toLowerCase().replaceAll(DOT_OF_CAPITAL_I, ''))
  if (language.stopWords.has(written.toLowerCase()) || language.stopWords.has(word)) return undefined
  if (CJK.test(word))
    return HANGUL.test(word) ? koreanTerms(word, language) : characterTerms(word.replace(LONG_VOWEL_END, '$1'))
  const term = termOf(word, language)
  // A word can be only signs that are folded, such as the letter that stretches Arabic words.
  if (term === '' || language.stopWords.has(term)) return undefined
  const forms = splitIdentifier(written).map((part) => part.toLowerCase())
  const parts = forms.flatMap((part) => (language.stopWords.has(part) ? [] : termOf(part, language)))
  return {
    term,
    parts: parts.filter((part) => part !== term && part !== ''),
    pairs: [],
    groups: groupsOf(foldWord(word), language),
  }
}

/** A longer one is a key or an address, which has no stem. */
const LONGEST_WITH_STEM = 200

/** Returns the stem of a word, folded. */
export function termOf(word: string, { stem }: Language): string {
  // Some stemmers take quadratic time.
  if (word.length > LONGEST_WITH_STEM) return foldWord(word)
  // The stemmers know the accents of their language, so the word is folded behind them; the one of English knows none.
  const stemmed = stem(word)
  const folded = foldWord(stemmed)
  const term = folded === stemmed || stemmed !== word ? folded : stem(folded)
  // A stemmer may take a short word for an ending.
  return term === '' ? foldWord(word) : term
}

// The lower case of "İ" is "i" and a mark.
const DOT_OF_CAPITAL_I = /(?<=i)\u0307/gu

// "l'assurance", "dell'acqua": articles and prepositions of French, Italian and Catalan.
const ELISION =
  /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|un|all|dall|dell|nell|sull|coll|quell|quest|sant)'(?=\p{L}{2})/u
// "engine's", "İstanbul'da": in Latin letters, what follows a name is an ending.
const ENDING = /^(\p{Script=Latin}{2,})'\p{Script=Latin}{0,6}$/u

function withoutAffix(word: string): string {
  return word.includes("'") ? word.replace(ELISION, '').replace(ENDING, '$1') : word
}

const GROUP = 4

/** Returns the groups of letters of a whole word, because a stem can lose a part of a compound: `Flussufer`, `flussuf`. */
function groupsOf(word: string, { hasGroups }: Language): readonly string[] {
  // A number has no inflection. A very long word is a key or an address.
  if (!hasGroups || word.length < GROUP || word.length > LONGEST_WITH_GROUPS || DIGIT.test(word)) return []
  // By characters, because half of a surrogate pair cannot be stored.
  const letters = [...word]
  return letters.slice(GROUP - 1).map((_, at) => `${GROUP_MARK}${letters.slice(at, at + GROUP).join('')}`)
}

// No word begins with it.
const GROUP_MARK = '~'
const LONGEST_WITH_GROUPS = 60
const DIGIT = /\d/u

const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]+$/u
const HANGUL = /^\p{Script=Hangul}+$/u
const HIRAGANA = /^\p{Script=Hiragana}+$/u
const HAN = /^\p{Script=Han}$/u
// サーバー and サーバ are the same word.
const LONG_VOWEL_END = /^(.{3,})ー$/u

function characterTerms(word: string): WordTerms {
  const characters = [...word]
  const ends = { first: characters[0] ?? '', last: characters.at(-1) ?? '' }
  if (characters.length === 1) return { term: word, parts: [], pairs: [], groups: [], ends }
  // The pair of a two-character word is the word itself. Two characters of hiragana are mostly an ending.
  const pairs = characters.length === 2 ? [] : pairsOf(characters).filter((pair) => !HIRAGANA.test(pair))
  // A single character finds 猫 in 猫咪, and the other forms of a Japanese verb.
  return { term: word, parts: [], pairs, groups: characters.filter((character) => HAN.test(character)), ends }
}

function koreanTerms(word: string, { stopWords }: Language): WordTerms | undefined {
  const term = withoutParticle(word)
  if (stopWords.has(term)) return undefined
  const others = [word, withoutParticle(term)].filter((form) => form !== term)
  const characters = [...word]
  const ends = { first: characters[0] ?? '', last: term.slice(-1) }
  const pairs = characters.length < 3 ? [] : pairsOf(characters)
  return {
    term,
    parts: [...new Set([...others, ...pairs])].filter((pair) => pair !== term),
    pairs: [],
    // A syllable of a word from Chinese has a meaning, like a Chinese character.
    groups: characters,
    ends,
  }
}

function pairsOf(characters: readonly string[]): readonly string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}
