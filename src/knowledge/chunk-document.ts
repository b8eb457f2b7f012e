import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectSignal } from '../core/options/validate.ts'
import type { GuessedLanguage } from '../core/text/guess-language.ts'
import type { Chunk } from '../core/vocabulary/retriever.ts'
import { DocumentError } from './documents/document-error.ts'
import { readDocument } from './indexing/read-document.ts'
import { CHUNK_FORMAT, CHUNK_OPTIONS, resolveChunkOptions, type ChunkOptions } from './options/chunk-options.ts'
import type { KnowledgeDocument } from './documents/knowledge-document.ts'
import type { TextRectangle } from './documents/loaded-document.ts'
import { hashOf, readContent, splitContent } from './indexing/prepare-document.ts'
import { toChunk } from './retrieval/to-retrieved-chunk.ts'

/** The options of {@link chunkDocument}. */
export interface ChunkDocumentOptions extends ChunkOptions {
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined
}

/** A chunk of a document, and what it is found by. */
export interface DocumentChunk {
  /** The chunk, as a retriever returns it. Its id is unique within the document, and stays while its text stays. */
  readonly chunk: Chunk
  /** Title, headings and text, for the embedder. */
  readonly indexedText: string
  /** The search terms of the text, in order and with repeats. `weighTerms` gives those of a query in the same language. */
  readonly terms: readonly string[]
  /** The language of the terms, for `loadLanguage`. */
  readonly language: GuessedLanguage
  /** The places of the text on its page, if the document has pages. */
  readonly rectangles?: readonly TextRectangle[] | undefined
}

/** A document that is split into chunks. */
export interface ChunkedDocument {
  /** Id of the document. */
  readonly documentId: string
  /** Hash of the content and the settings. If it is that of the last time, the chunks are the same too. */
  readonly hash: string
  /** The chunks, in the order of the text; at least one. */
  readonly chunks: readonly DocumentChunk[]
}

const NAMES: OptionNames<ChunkDocumentOptions> = { ...CHUNK_OPTIONS, signal: true }

/**
 * Reads a document and splits it into chunks, as `createKnowledge` does before it stores them. Use it to fill an index
 * that is no `KnowledgeStore`, such as a collection of a vector database.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` when an option is invalid
 * @throws DocumentError when the document cannot be read or has no text, or the signal's reason
 *
 * @example
 * ```ts
 * import { chunkDocument, hashedNgramEmbedder } from 'ragwire/knowledge'
 * const signal = AbortSignal.timeout(60_000)
 * const { hash, chunks } = await chunkDocument({ documentId: 'tea.md', content: '# Tea\nSteep at 80 °C.' }, { signal })
 * const texts = chunks.map(({ indexedText }) => indexedText)
 * const vectors = await hashedNgramEmbedder().embed(texts, { signal })
 * ```
 */
export async function chunkDocument(
  document: KnowledgeDocument,
  options: ChunkDocumentOptions = {},
): Promise<ChunkedDocument> {
  expectOptions(options, NAMES, { of: 'chunkDocument' })
  const signal = expectSignal('signal', options.signal) ?? new AbortController().signal
  const resolved = { ...resolveChunkOptions(options), signal }
  const { document: given } = readDocument(document, {
    place: 'the document',
    maxContentBytes: resolved.maxContentBytes,
  })
  if (given instanceof DocumentError) throw given
  signal.throwIfAborted()
  const content = await readContent(given, resolved)
  const fingerprint = JSON.stringify([CHUNK_FORMAT, resolved.chunkChars])
  const hash = await hashOf(content, { given, fingerprint, mediaTypeOf: resolved.mediaTypeOf })
  const { title, drafts } = await splitContent(content, { ...resolved, given })
  const { documentId, metadata } = given
  const chunks = drafts.map(({ chunk: { terms, rectangles, ...stored }, indexedText, language }) => ({
    chunk: toChunk({ documentId, title, metadata }, stored),
    indexedText,
    // Without the marker, which only `createKnowledge` looks for.
    terms: terms.slice(0, -1),
    language,
    ...(rectangles && { rectangles }),
  }))
  return { documentId, hash, chunks }
}
