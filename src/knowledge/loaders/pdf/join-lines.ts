import type { PdfItem } from './pdf-content.ts'
import type { TextPart } from './to-parts.ts'
import { isWithoutSpace, toParts } from './to-parts.ts'

/** The words of a document, in lower case, and how often each occurs. */
export type Vocabulary = ReadonlyMap<string, number>

const WORD = /\p{L}[\p{L}\p{M}]*(?:[-‐]\p{L}[\p{L}\p{M}]*)*/gu
const HYPHEN = /(?<=[\p{L}\p{M}\p{N}])[-‐]$/u
/** The word after the first of two words with a common end, as in "Ein- und Ausgang". */
const CONJUNCTION = /^(?:und|oder|bzw|and|or|sowie|bis|to|et|ou|y|o|e|en|of)(?![\p{L}\p{M}])/u
/** Both parts of a compound are words of at least this length. */
const MIN_WORD = 3

/** Returns the words of a document. */
export function vocabularyOf(texts: Iterable<string>): Vocabulary {
  const words = new Map<string, number>()
  const add = (word: string): unknown => words.set(word, (words.get(word) ?? 0) + 1)
  for (const text of texts) {
    for (const { 0: match, index } of text.matchAll(WORD)) {
      // The part before a hyphen at the end of a line is not a word.
      if (/^[-‐]$/u.test(text.slice(index + match.length))) continue
      const word = match.toLowerCase().replaceAll('‐', '-')
      add(word)
      if (word.includes('-')) for (const part of word.split('-')) add(part)
    }
  }
  return words
}

/** Joins the lines of a paragraph: with a space, with nothing in Chinese, and without the hyphen in a divided word. */
export function joinLines(lines: readonly (readonly PdfItem[])[], vocabulary: Vocabulary): readonly TextPart[] {
  const joined: TextPart[] = []
  for (const line of lines) {
    const [first, ...rest] = toParts(line)
    if (!first) continue
    const last = joined.at(-1)
    if (last) {
      const { text, separator } = joinWords(last.text, first.text, vocabulary)
      joined[joined.length - 1] = { ...last, text }
      joined.push({ ...first, separator }, ...rest)
    } else {
      joined.push(first, ...rest)
    }
  }
  return joined
}

function joinWords(before: string, after: string, vocabulary: Vocabulary) {
  if (!HYPHEN.test(before)) return { text: before, separator: isWithoutSpace(before, after) ? '' : ' ' }
  if (CONJUNCTION.test(after)) return { text: before, separator: ' ' }
  if (!/^\p{Ll}/u.test(after)) return { text: before, separator: /^[\p{L}\p{N}]/u.test(after) ? '' : ' ' }
  const [start = ''] = /[\p{L}\p{M}\p{N}'’-]+$/u.exec(before.slice(0, -1)) ?? []
  const [end = ''] = /^[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)*/u.exec(after) ?? []
  const text = isCompound(start.toLowerCase(), end.toLowerCase(), vocabulary) ? before : before.slice(0, -1)
  return { text, separator: '' }
}

/** Returns true if the hyphen at the end of a line belongs to the word. */
function isCompound(start: string, end: string, vocabulary: Vocabulary): boolean {
  if (vocabulary.has(start + end)) return false
  // A number and a letter are not divided.
  if (vocabulary.has(`${start}-${end}`) || /^\P{L}|^\p{L}$|-/u.test(start) || end.includes('-')) return true
  // The end occurs at least where it is joined.
  const isWord = (part: string, count: number): boolean =>
    part.length >= MIN_WORD && (vocabulary.get(part) ?? 0) >= count
  return isWord(start, 1) && isWord(end, 2)
}
