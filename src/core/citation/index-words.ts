import type { Word } from './word.ts'

/** The numbers of the sentences that have a word or a pair, in order. One list stands for one word or pair. */
export type Places = readonly number[]

/** The words of a text, for looking up those of a claim. */
export interface WordIndex {
  /** The sentences that have each key. */
  readonly keys: ReadonlyMap<string, Places>
  /** The sentences that have each pair of adjacent words, by its first and its second word. A pair of the title is in none. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, Places>>
}

/** Indexes the words of a title and of sentences, in linear time. */
export function indexWords(
  title: readonly Word[],
  sentences: readonly { readonly words: readonly Word[] }[],
): WordIndex {
  const keys = new Map<string, number[]>()
  // Two lookups of known texts take less time than building the text of a pair.
  const pairs = new Map<string, Map<string, number[]>>()
  const pairOf = ({ previous, text }: Word): number[] =>
    listOf(
      valueOf(pairs, previous, () => new Map()),
      text,
    )
  for (const word of title) if (word.previous !== '') pairOf(word)
  for (const [at, { words }] of sentences.entries()) {
    for (const word of words) {
      if (word.key !== '') add(listOf(keys, word.key), at)
      if (word.previous !== '') add(pairOf(word), at)
    }
  }
  return { keys, pairs }
}

/** Returns the sentences that have a word after the same word, if the text has that pair. */
export function placesOfPair({ previous, text }: Word, { pairs }: WordIndex): Places | undefined {
  return pairs.get(previous)?.get(text)
}

function listOf(lists: Map<string, number[]>, key: string): number[] {
  return valueOf(lists, key, () => [])
}

function valueOf<Value>(values: Map<string, Value>, key: string, create: () => Value): Value {
  const known = values.get(key)
  if (known !== undefined) return known
  const value = create()
  values.set(key, value)
  return value
}

function add(list: number[], at: number): void {
  if (list.at(-1) !== at) list.push(at)
}
