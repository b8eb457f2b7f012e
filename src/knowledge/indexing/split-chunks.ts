import { splitDocument } from '../text/split-document.ts'
import { guessLanguage, type GuessedLanguage } from '../../core/text/guess-language.ts'
import { createEventLoopSharing } from '../../core/async/share-event-loop.ts'
import { languageOf } from '../text/languages/language.ts'
import { languageMarker } from '../text/languages/language-marker.ts'
import { tokenize } from '../text/tokenize.ts'
import { withContext } from '../text/with-context.ts'
import { describeValue } from '../../core/options/expect-options.ts'
import { messageOf } from '../../core/vocabulary/chat-error.ts'
import { DocumentError } from '../documents/document-error.ts'
import { flawOfText } from '../store/check-text.ts'
import type { LoadedDocument, LoadedPage, TextRectangle } from '../documents/loaded-document.ts'
import { textKey } from './hash.ts'
import { wordsOf, type SourceDocument, type SourcePlace, type SourceUrl } from '../sources/source-url.ts'
import type { IndexedChunk } from '../store/knowledge-store.ts'

/** Options of {@link splitChunks}. */
export interface SplitChunksOptions {
  /** Facts of the document that its chunks repeat. */
  readonly document: SourceDocument
  /** Title for the reader. */
  readonly title: string | undefined
  /** Maximum length of a chunk, in UTF-16 code units. */
  readonly chunkChars: number
  /** Returns the address of a chunk. */
  readonly sourceUrl: SourceUrl
}

/** A chunk without its vector, and the text that it is found by. */
export interface ChunkDraft {
  /** The chunk. */
  readonly chunk: IndexedChunk
  /** Title, headings and text, for the embedder. */
  readonly indexedText: string
  /** The language whose rules made its terms. */
  readonly language: GuessedLanguage
}

/** Splits a document into chunks with their ids, places and search terms. It does not block the event loop. */
export async function splitChunks(loaded: LoadedDocument, options: SplitChunksOptions): Promise<readonly ChunkDraft[]> {
  const { document, title, chunkChars, sourceUrl } = options
  const nextId = createChunkIds()
  const lineOf = createLineCounter(loaded.text)
  const share = createEventLoopSharing()
  const main = guessLanguage(loaded.text)
  const drafts: ChunkDraft[] = []
  let page = 0
  for (const { start, end, headings, section, verbatimEnd } of splitDocument(loaded, chunkChars)) {
    const text = loaded.text.slice(start, end)
    while ((loaded.pages?.[page]?.end ?? Infinity) <= start) page += 1
    const onPage = loaded.pages?.[page]
    const place = {
      page: loaded.place === 'page' ? onPage?.number : undefined,
      lines: loaded.place === 'lines' ? ([lineOf(start), lineOf(end - 1)] as const) : undefined,
      words: loaded.place === 'words' ? wordsOf(text) : undefined,
      section,
    }
    const url = urlOf(document, place, sourceUrl)
    const rectangles = onPage && rectanglesOf(onPage, start, end)
    const indexedText = withContext(text, title, { headings, section })
    const { terms, language } = await termsOf(indexedText, text, main)
    const chunk = {
      chunkId: nextId(text),
      text,
      start,
      end,
      ...(onPage && { page: onPage.number }),
      ...(section.length > 0 && { section }),
      ...(verbatimEnd !== undefined && { verbatimEnd }),
      ...(url !== undefined && { url }),
      ...(rectangles && rectangles.length > 0 && { rectangles }),
      terms,
    }
    drafts.push({ chunk, indexedText, language })
    const wait = share()
    if (wait) await wait
  }
  return drafts
}

/** Returns the terms of a chunk by the rules of its language, with the marker of that. */
async function termsOf(
  indexedText: string,
  text: string,
  main: GuessedLanguage | undefined,
): Promise<{ readonly terms: readonly string[]; readonly language: GuessedLanguage }> {
  const language = await languageOf(text, main)
  const { words, pairs } = tokenize(indexedText, language)
  return { terms: [...words, ...pairs, languageMarker(language.latin)], language: language.code }
}

/** An address that cannot be used concerns one document, not the others. */
function urlOf(document: SourceDocument, place: SourcePlace, sourceUrl: SourceUrl): string | undefined {
  const wrong = (what: string, cause?: unknown): DocumentError =>
    new DocumentError(`Cannot index ${document.documentId}: sourceUrl ${what}`, { code: 'invalid-document', cause })
  let url: unknown
  try {
    url = sourceUrl(document, place)
  } catch (thrown) {
    throw wrong(`threw: ${messageOf(thrown)}`, thrown)
  }
  if (url === undefined) return undefined
  if (typeof url !== 'string') throw wrong(`returned ${describeValue(url)}; it must return a string or undefined`)
  const flaw = flawOfText(url)
  if (flaw !== undefined) throw wrong(`returned an address with ${flaw}`)
  return url
}

/** An id depends on the text alone, so that it stays the same while other parts of the document change. */
function createChunkIds(): (text: string) => string {
  const counts = new Map<string, number>()
  return (text) => {
    const key = textKey(text)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count === 1 ? key : `${key}-${count}`
  }
}

/** Returns the line of a position, from 1. Call it with positions in order. */
function createLineCounter(text: string): (position: number) => number {
  let line = 1
  let passed = 0
  return (position) => {
    for (let next = text.indexOf('\n', passed); next !== -1 && next < position; next = text.indexOf('\n', passed)) {
      line += 1
      passed = next + 1
    }
    return line
  }
}

function rectanglesOf({ rectangles }: LoadedPage, start: number, end: number): readonly TextRectangle[] {
  return rectangles.filter((rectangle) => rectangle.start < end && rectangle.end > start)
}
