/** The place of a chunk in its document. */
export interface SourcePlace {
  /** Number of the page, from 1, in a document with pages. */
  readonly page?: number | undefined
  /** The first and last line of the chunk, from 1, in a document of lines. */
  readonly lines?: readonly [number, number] | undefined
  /** The first and the last words of the chunk, in a document that a browser shows as text. */
  readonly words?: readonly [string, string] | undefined
  /** The headings that the chunk stands under, the outermost first. */
  readonly section: readonly string[]
}

/** The document of a source, for {@link SourceUrl}. */
export interface SourceDocument {
  /** Id of the document. */
  readonly documentId: string
  /** The `url` of the document. */
  readonly url?: string | undefined
  /** Its metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Returns the address that a source opens at; `undefined` if it has none. */
export type SourceUrl = (document: SourceDocument, place: SourcePlace) => string | undefined

/**
 * Returns the `url` of the document with the place as its fragment: `#page=3` (RFC 8118) for a page, `#L3-L9` for lines,
 * `#:~:text=first,last` (URL Fragment Text Directives) for words. A url that has a fragment keeps it, and gets only words.
 *
 * @example
 * ```ts
 * import { createKnowledge, memoryKnowledgeStore, placeUrl } from 'ragwire/knowledge'
 * const knowledge = createKnowledge({
 *   store: memoryKnowledgeStore(),
 *   sourceUrl: ({ documentId }, place) => placeUrl({ documentId, url: `https://docs.example/${documentId}` }, place),
 * })
 * ```
 */
export function placeUrl({ url }: SourceDocument, { page, lines, words }: SourcePlace): string | undefined {
  if (url === undefined) return undefined
  if (words) {
    const [first, last] = words
    const directive = `:~:text=${encodeWords(first)}${last === first ? '' : `,${encodeWords(last)}`}`
    return url.includes('#') ? `${url}${directive}` : `${url}#${directive}`
  }
  if (url.includes('#')) return url
  if (page !== undefined) return `${url}#page=${page}`
  if (lines) return `${url}#L${lines[0]}${lines[1] === lines[0] ? '' : `-L${lines[1]}`}`
  return url
}

const PLACE = /(?:#page=\d+|#L\d+(?:-L\d+)?|#?:~:text=.*)$/u

/** Returns a url without the place that {@link placeUrl} has added. */
export function withoutPlace(url: string): string {
  return url.replace(PLACE, '')
}

/** Encodes words of a text directive, in which `-`, `,` and `&` have a meaning. */
function encodeWords(words: string): string {
  return encodeURIComponent(words.toWellFormed()).replaceAll('-', '%2D')
}

const MAX_WORDS = 6
/** Shorter words stand in many places. */
const MIN_CHARS = 12
const MARKUP = /[*_`~[\]()<>#|\\$&]|:\/\//u

/**
 * Returns the first and the last words of a chunk that a page shows as they are; `undefined` if markup makes that
 * uncertain. A browser finds words only within one block, so each end is taken from one line.
 */
export function wordsOf(text: string): readonly [string, string] | undefined {
  const lines = text
    .split(/[\r\n]+/u)
    .map((line) => line.replace(/^\s*(?:>\s*)*(?:#{1,6}\s+|[-*+•]\s+|\d{1,3}[.)]\s+)?/u, '').trim())
    .filter((line) => line.length >= MIN_CHARS)
  const first = lines.map((line) => plainStart(line.split(/\s+/u))).find((words) => words !== undefined)
  const last = lines.toReversed().map((line) => plainStart(line.split(/\s+/u).toReversed())?.toReversed())
  const end = last.find((words) => words !== undefined)
  return first && [first.join(' '), (end ?? first).join(' ')]
}

/** Returns the words up to the first one with markup, if they are long enough to stand for a place. */
function plainStart(words: readonly string[]): readonly string[] | undefined {
  const marked = words.findIndex((word) => MARKUP.test(word))
  const plain = words.slice(0, Math.min(MAX_WORDS, marked === -1 ? words.length : marked))
  // A script without spaces has very long "words", whose borders a browser does not know.
  if (plain.some((word) => word.length > 40)) return undefined
  return plain.join(' ').length >= MIN_CHARS ? plain : undefined
}
