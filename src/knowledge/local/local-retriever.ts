import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Chunk, RetrievedChunk, Retriever } from '../../core/vocabulary/retriever.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { untilAborted } from '../../core/async/abortable.ts'
import { ignoreRejection } from '../../core/async/iterators.ts'
import { checkDocuments, type IndexedChunk, type LocalDocument } from './local-documents.ts'
import { indexLocalDocuments, type LocalIndex } from './index-local-documents.ts'
import { plainWords } from '../text/tokenize.ts'
import { MIN_SCORE, withComparableScores } from '../search/with-comparable-scores.ts'

/** The options of {@link localRetriever}. */
export interface LocalRetrieverOptions {
  /** Maximum length of a chunk, in UTF-16 code units, from 100; `Infinity` for no splitting. @defaultValue 1200 */
  readonly chunkChars?: number | undefined
  /**
   * Minimum score of the best chunk for a question to be answered, from 0 to 1. With 0, one shared term is enough. The
   * `minScore` of a chat overrides it.
   * @defaultValue 0.135
   */
  readonly minScore?: number | undefined
}

/** The `filter` of a run for {@link localRetriever}: returns true if the chunk may be found. */
export type LocalFilter = (chunk: Chunk) => boolean

type ScoredChunk = RetrievedChunk & { readonly score: number }

/**
 * Creates a retriever of documents in memory. It finds chunks by the words that they share with the query, in any language,
 * without a service, a key or vectors. The documents are copied and checked by this call, and indexed after it in short
 * steps; the first search waits for that.
 *
 * Scores are between 0 and 1 and comparable between queries. Chunks with less than a quarter of the best score are left
 * out. The `filter` of a run is a {@link LocalFilter}. The `scope` is ignored: use one retriever per tenant, or a filter.
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
  const prepared = indexLocalDocuments(documents, chunkChars)
  // Its failure is thrown where a search waits for it.
  ignoreRejection(prepared)

  function search(
    query: string,
    { index, chunks, named }: LocalIndex,
    { topK, allows }: LocalSearch,
  ): readonly ScoredChunk[] {
    if (!index.hasTerms(query)) return findByTitle(named, query).filter(({ chunk }) => allows(chunk))
    const chunkAt = (position: number) => chunks[position]?.chunk
    const allowsAt = (position: number) => {
      const chunk = chunkAt(position)
      return chunk !== undefined && allows(chunk)
    }
    return index.search(query, { topK, allows: allowsAt }).flatMap(({ position, score }) => {
      const chunk = chunkAt(position)
      return chunk ? [{ chunk, score }] : []
    })
  }

  return {
    minScore,
    async retrieve(query, { topK, filter, signal }) {
      signal.throwIfAborted()
      const allows = expectFilter(filter)
      const found = search(query, await untilAborted(prepared, signal), { topK, allows })
      const lowest = (found[0]?.score ?? 0) * LOWEST_SHARE_OF_BEST
      return withComparableScores(found.filter(({ score }) => score >= lowest).slice(0, topK))
    },
  }
}

interface LocalSearch {
  readonly topK: number
  readonly allows: LocalFilter
}

// A chunk with a smaller share of the best score has only an accidental word in common with the query.
const LOWEST_SHARE_OF_BEST = 0.25

const OPTIONS: OptionNames<LocalRetrieverOptions> = { chunkChars: true, minScore: true }

function resolveOptions(options: LocalRetrieverOptions) {
  expectOptions(options, OPTIONS, { of: 'localRetriever' })
  const { chunkChars, minScore = MIN_SCORE } = options
  if (typeof minScore !== 'number' || !(minScore >= 0 && minScore <= 1)) {
    throw invalidInput('minScore', `Cannot use minScore ${String(minScore)}: it must be between 0 and 1`, RangeError)
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

/** Returns the chunks whose whole title is in a query that has only stop words. */
function findByTitle(chunks: readonly IndexedChunk[], query: string): readonly ScoredChunk[] {
  const asked = new Set(plainWords(query))
  return chunks
    .filter(({ chunk }) => plainWords(chunk.title ?? '').every((word) => asked.has(word)))
    .map(({ chunk }) => ({ chunk, score: 1 }))
}
