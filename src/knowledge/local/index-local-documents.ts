import { guessLanguage } from '../../core/text/guess-language.ts'
import { createEventLoopSharing } from '../../core/async/share-event-loop.ts'
import { createLexicalIndex, type LexicalIndex } from '../search/lexical-index.ts'
import { languageOf } from '../text/languages/language.ts'
import { plainWords, tokenize } from '../text/tokenize.ts'
import { toChunks, type IndexedChunk, type LocalDocument } from './local-documents.ts'

/** The chunks of documents, and their index. */
export interface LocalIndex {
  /** The chunks by their position in the index. */
  readonly chunks: readonly IndexedChunk[]
  /** The index. */
  readonly index: LexicalIndex
  /** The chunks that only their title can find, because it has only stop words, such as "The Who". */
  readonly named: readonly IndexedChunk[]
}

/**
 * Splits and indexes documents, each chunk by the rules of its language. It copies them before it returns, so that the
 * caller may change them. It does not block the event loop.
 */
export async function indexLocalDocuments(
  documents: readonly LocalDocument[],
  chunkChars: number,
): Promise<LocalIndex> {
  const copies = documents.map((document) => ({
    ...document,
    ...(document.metadata && { metadata: { ...document.metadata } }),
  }))
  const index = createLexicalIndex()
  const chunks: IndexedChunk[] = []
  const share = createEventLoopSharing()
  for (const document of copies) {
    const main = guessLanguage(document.text)
    for (const chunk of toChunks(document, chunkChars)) {
      index.add(chunk.indexedText, await languageOf(chunk.chunk.text, main))
      chunks.push(chunk)
      const wait = share()
      if (wait) await wait
    }
  }
  return { chunks, index, named: chunks.filter(hasWordlessTitle) }
}

function hasWordlessTitle({ chunk }: IndexedChunk): boolean {
  const { title = '' } = chunk
  return plainWords(title).length > 0 && tokenize(title).words.length === 0
}
