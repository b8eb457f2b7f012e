import type { Word } from './word.ts'

/** The numbers of the sentences that have a word or a pair, in order. One list stands for one word or pair. */
export type Places = readonly number[]

/** The words of a text, for looking up those of a claim. */
export interface WordIndex {
  /** The sentences that have each key. A key that only the title has is in none. */
  readonly keys: ReadonlyMap<string, Places>
  /** The families of all words. */
  readonly families: ReadonlySet<string>
  /** The sentences that have each pair of adjacent words, by its first and its second word. A pair of the title is in none. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, Places>>
}

/** Indexes the words of a title and of sentences, in linear time. */
export function indexWords(
  title: readonly Word[],
  sentences: readonly { readonly words: readonly Word[] }[],
): WordIndex {
  const keys = new Map<string, number[]>()
  const families = new Set<string>()
  // Two lookups of known texts take less time than building the text of a pair.
  const pairs = new Map<string, Map<string, number[]>>()
  const addWord = ({ text, key, family, previous }: Word, at: number | undefined): void => {
    if (family !== '') families.add(family)
    if (key !== '') addPlace(keys, key, at)
    if (previous === '') return
    let followers = pairs.get(previous)
    if (!followers) pairs.set(previous, (followers = new Map()))
    addPlace(followers, text, at)
  }
  for (const word of title) addWord(word, undefined)
  for (let at = 0; at < sentences.length; at++) for (const word of sentences[at]?.words ?? []) addWord(word, at)
  return { keys, families, pairs }
}

/** Returns the sentences that have a word after the same word, if the text has that pair. */
export function placesOfPair({ previous, text }: Word, { pairs }: WordIndex): Places | undefined {
  return previous === '' ? undefined : pairs.get(previous)?.get(text)
}

/** Returns 1 if a text has the word, 0.7 if it has another word of its family, else 0. */
export function familiarity({ key, family }: Word, { keys, families }: WordIndex): number {
  if (keys.has(key)) return 1
  return families.has(family) ? 0.7 : 0
}

function addPlace(lists: Map<string, number[]>, key: string, at: number | undefined): void {
  const list = lists.get(key)
  // Most lists stay that short, and a push to an empty one would reserve room for 17 numbers.
  if (!list) lists.set(key, at === undefined ? [] : [at])
  else if (at !== undefined && list.at(-1) !== at) list.push(at)
}
