import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { Chunk, RetrievedChunk, Retriever } from '../core/vocabulary/retriever.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { countOption } from '../core/options/validate.ts'
import { createLexicalIndex } from './lexical-index.ts'
import { checkDocuments, toChunks, type IndexedChunk, type LocalDocument } from './local-documents.ts'
import { plainWords, tokenize } from './tokenize.ts'

/** How {@link localRetriever} splits and searches. */
export interface LocalRetrieverOptions {
  /**
   * Longest chunk, in UTF-16 code units, from 100; `Infinity` keeps every document whole.
   * @defaultValue 1200
   */
  readonly chunkChars?: number | undefined
  /**
   * The score that the best chunk must reach for a question to be answered, from 0 to 1; 0 lets every question pass
   * that shares a term with a chunk. A run may overrule it by its own `minScore`.
   * @defaultValue 0.125
   */
  readonly minScore?: number | undefined
}

/** What the `filter` of a run is for {@link localRetriever}: whether a chunk may be found. */
export type LocalFilter = (chunk: Chunk) => boolean

type ScoredChunk = RetrievedChunk & { readonly score: number }

/**
 * Finds chunks of documents that are held in memory by the words that they share with the query, in any language: no
 * service, no key, no vectors. The documents are split and indexed in this call, and never changed.
 *
 * Scores lie between 0 and 1 and can be compared between queries. What scores less than a quarter of the best chunk is
 * left out. As `filter` a run may give a {@link LocalFilter}. Its `scope` is not looked at: give every tenant a retriever
 * of its own, or filter.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, such as `documents[2].text`
 *
 * @example
 * ```ts
 * import { localRetriever } from 'ragwire/local'
 * const retriever = localRetriever([{ documentId: 'tea', title: 'Tea', text: 'Green tea is steeped at 80 °C.' }])
 * const { signal } = new AbortController()
 * const [best] = await retriever.retrieve('How hot is green tea steeped?', { topK: 1, signal })
 * ```
 */
export function localRetriever(documents: readonly LocalDocument[], options: LocalRetrieverOptions = {}): Retriever {
  checkDocuments(documents)
  const { chunkChars, minScore } = resolveOptions(options)
  const chunks = documents.flatMap((document) => toChunks(document, chunkChars))
  const index = createLexicalIndex(chunks.map(({ indexedText }) => indexedText))
  const named = chunks.filter(hasWordlessTitle)

  function search(query: string): readonly ScoredChunk[] {
    if (tokenize(query).words.length === 0) return findByTitle(named, query)
    return index.search(query).flatMap(({ position, score }) => {
      const chunk = chunks[position]?.chunk
      return chunk ? [{ chunk, score }] : []
    })
  }

  return {
    minScore,
    async retrieve(query, { topK, filter, signal }) {
      signal.throwIfAborted()
      const allows = expectFilter(filter)
      const allowed = search(query).filter(({ chunk }) => allows(chunk))
      const lowest = (allowed[0]?.score ?? 0) * LOWEST_SHARE_OF_BEST
      return allowed.filter(({ score }) => score >= lowest).slice(0, topK)
    },
  }
}

// A chunk that scores less beside the best one shares an accidental word with the query.
const LOWEST_SHARE_OF_BEST = 0.25

const OPTIONS: OptionNames<LocalRetrieverOptions> = { chunkChars: true, minScore: true }

function resolveOptions(options: LocalRetrieverOptions) {
  expectOptions(options, OPTIONS, { of: 'localRetriever' })
  const { chunkChars, minScore = 0.125 } = options
  if (typeof minScore !== 'number' || !(minScore >= 0 && minScore <= 1)) {
    throw invalidInput('minScore', `Cannot use minScore ${String(minScore)}: it must lie between 0 and 1`, RangeError)
  }
  return { chunkChars: countOption('chunkChars', chunkChars, { defaultValue: 1200, from: 100 }), minScore }
}

function expectFilter(filter: unknown): LocalFilter {
  if (filter === undefined) return () => true
  if (isFilter(filter)) return filter
  throw invalidInput('filter', `Cannot filter by ${typeof filter}: localRetriever takes a function (chunk) => boolean`)
}

function isFilter(filter: unknown): filter is LocalFilter {
  return typeof filter === 'function'
}

/** True if a document is named by nothing but stop words, such as "The Who", so that no query can find its name. */
function hasWordlessTitle({ chunk }: IndexedChunk): boolean {
  const { title = '' } = chunk
  return plainWords(title).length > 0 && tokenize(title).words.length === 0
}

/** For a query of stop words alone: the documents whose whole title is in it. */
function findByTitle(chunks: readonly IndexedChunk[], query: string): readonly ScoredChunk[] {
  const asked = new Set(plainWords(query))
  return chunks
    .filter(({ chunk }) => plainWords(chunk.title ?? '').every((word) => asked.has(word)))
    .map(({ chunk }) => ({ chunk, score: 1 }))
}
