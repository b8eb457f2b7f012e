import type { Citation } from '../vocabulary/citations.ts'
import { readWords } from './read-words.ts'

/** A marker of a sentence. */
export interface Mark {
  /** Its position in the text without markers. */
  readonly at: number
  /** The length of its text in the answer. */
  readonly length: number
  /** Its citations; none for a marker without a source. */
  readonly citations: readonly Citation[]
}

/** A part of a sentence, with the markers that cite for it. */
export interface Clause {
  /** Offset of its first UTF-16 code unit in the sentence. */
  readonly start: number
  /** Offset after its last one. */
  readonly end: number
  /** Its markers with citations, in order. */
  readonly marks: readonly Mark[]
}

/** Minimum of content words in a clause: a word alone states nothing, as in "cats [1] and dogs [2] sleep". */
const MIN_WORDS = 2

/**
 * Splits a sentence at its markers. A clause ends at its marker, and the last one with the sentence. Markers with less than
 * two content words between them belong together. If the sentence begins with a marker, as in "[1] says …, [2] says …",
 * each marker begins its clause.
 */
export function splitClauses(sentence: string, marks: readonly Mark[]): readonly Clause[] {
  const cited = marks.filter(({ citations }) => citations.length > 0)
  // The usual case, without reading the words.
  const isOne = cited.every(({ at }) => at === cited[0]?.at)
  const found = isOne ? [cited].filter(({ length }) => length > 0) : groupMarks(sentence, cited)
  const opens = !isOne && areOpening(sentence, found)
  const groups = opens ? found : joinLead(sentence, found)
  if (groups.length <= 1) return groups.map((group) => ({ start: 0, end: endOf(sentence, group), marks: group }))
  const starts = groups.map((group, index) => {
    const [before, own] = [lastOf(groups[index - 1]), group[0]?.at ?? 0]
    if (index === 0) return 0
    return opens ? startBefore(sentence, before, own) : before
  })
  return groups.map((group, index) => ({
    start: starts[index] ?? 0,
    end: starts[index + 1] ?? endOf(sentence, group),
    marks: group,
  }))
}

/** Groups markers: those without a claim between them stand together. */
function groupMarks(sentence: string, marks: readonly Mark[]): readonly (readonly Mark[])[] {
  const groups: Mark[][] = []
  // A short beginning joins the clause after it.
  let joinsNext = true
  let from = 0
  for (const mark of marks) {
    const isOwn = mark.at > from && isClaim(sentence.slice(from, mark.at))
    const last = groups.at(-1)
    if (last && (!isOwn || joinsNext)) last.push(mark)
    else groups.push([mark])
    joinsNext = joinsNext && !isOwn && !isLead(sentence.slice(0, mark.at))
    from = mark.at
  }
  return groups
}

/** Joins a marker that has no text of its own with the clause after it, as in "According to [1], cats sleep [2]". */
function joinLead(sentence: string, groups: readonly (readonly Mark[])[]): readonly (readonly Mark[])[] {
  const [first = [], second, ...rest] = groups
  return second && isLead(sentence.slice(0, first[0]?.at)) ? [[...first, ...second], ...rest] : groups
}

/** Returns true if the first marker stands before its clause, and text of the last marker follows it. */
function areOpening(sentence: string, groups: readonly (readonly Mark[])[]): boolean {
  return isLead(sentence.slice(0, groups[0]?.[0]?.at)) && isClaim(sentence.slice(lastOf(groups.at(-1))))
}

/** Returns the start of a clause that begins with a marker: words such as ", while" before it belong to it. */
function startBefore(sentence: string, from: number, at: number): number {
  const before = sentence.slice(from, at)
  const separator = before.search(LAST_SEPARATOR)
  return separator === -1 || isClaim(before.slice(separator)) ? at : from + separator
}

/** Returns the end of the last clause: a semicolon after the marker separates the rest from it. */
function endOf(sentence: string, group: readonly Mark[]): number {
  const last = lastOf(group)
  return last > 0 && /^\s*[;；]/u.test(sentence.slice(last, last + 8)) ? last : sentence.length
}

function lastOf(group: readonly Mark[] | undefined): number {
  return group?.at(-1)?.at ?? 0
}

function isClaim(text: string): boolean {
  if (text.length < MIN_WORDS || text.trim() === '') return false
  let count = 0
  return readWords(text).some(({ key }) => key !== '' && ++count >= MIN_WORDS)
}

/** Returns true for a text that leads to the marker after it, such as "According to". */
function isLead(text: string): boolean {
  return text.trim() === '' || (text.length <= MAX_LEAD_CHARS && LEAD.test(text.trimEnd()))
}

const MAX_LEAD_CHARS = 64
const LAST_SEPARATOR = /[,;，；、][^,;，；、]*$/u
const LEAD =
  /(?<![\p{L}\p{N}])(?:according to|as per|per|from|by|see|sources?|laut|nach|gemäß|zufolge|selon|d['’]après|según|secondo|segundo|согласно)$|(?:根据|根據|依据|按照|参见|據|据)$/iu
