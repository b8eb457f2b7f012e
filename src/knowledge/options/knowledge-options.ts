import { systemClock, type Clock } from '../../core/async/clock.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods } from '../../core/options/validate.ts'
import type { Embedder } from '../../core/vocabulary/retriever.ts'
import {
  CHUNK_FORMAT,
  CHUNK_OPTIONS,
  resolveChunkOptions,
  type ChunkOptions,
  type ResolvedChunkOptions,
} from './chunk-options.ts'
import { createTextEmbedder, type TextEmbedder } from '../embedding/embed-texts.ts'
import { resolveEmbeddingOptions, type EmbeddingOptions } from '../embedding/embedding-options.ts'
import type { KnowledgeStore } from '../store/knowledge-store.ts'

/** The options of {@link createKnowledge}. */
export interface KnowledgeOptions extends ChunkOptions {
  /** Holds the index: `memoryKnowledgeStore`, `sqliteKnowledgeStore`, `postgresKnowledgeStore` or your own. */
  readonly store: KnowledgeStore
  /** Makes the vectors. Without it, documents are found by their words only. */
  readonly embedder?: Embedder | undefined
  /** The size, the number and the rates of the calls of the embedder. */
  readonly embedding?: EmbeddingOptions | undefined
  /** Gives the time. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/** The options with their defaults. */
export interface ResolvedKnowledgeOptions extends ResolvedChunkOptions {
  /** Holds the index. */
  readonly store: KnowledgeStore
  /** Makes the vectors. */
  readonly embedder: Embedder | undefined
  /** Embeds texts within the limits of the embedder. */
  readonly embedTexts: TextEmbedder | undefined
  /** Id of the embedder. */
  readonly embedderId: string | undefined
  /** Everything that chunks depend on besides their document. */
  readonly fingerprint: string
}

const NAMES: OptionNames<KnowledgeOptions> = {
  store: true,
  embedder: true,
  embedding: true,
  ...CHUNK_OPTIONS,
  clock: true,
}

const STORE_METHODS = ['state', 'manifest', 'commit', 'document', 'searchTerms', 'searchVectors', 'inspect']

/** Checks the options and applies the defaults. */
export function resolveKnowledgeOptions(options: KnowledgeOptions): ResolvedKnowledgeOptions {
  expectOptions(options, NAMES, { of: 'createKnowledge' })
  const { embedder } = options
  const store = expectMethods('store', options.store, 'a store such as memoryKnowledgeStore()', STORE_METHODS)
  if (embedder !== undefined) expectMethods('embedder', embedder, 'an embedder such as openaiEmbedder()', ['embed'])
  const chunkOptions = resolveChunkOptions(options)
  const clock = clockOption('clock', options.clock, systemClock)
  const embedding = resolveEmbeddingOptions(options.embedding, 'createKnowledge')
  const embedderId = embedder && (embedder.id ?? 'unnamed')
  return {
    store,
    embedder,
    embedderId,
    embedTexts: embedder && createTextEmbedder(embedder, { ...embedding, clock }),
    ...chunkOptions,
    fingerprint: JSON.stringify([CHUNK_FORMAT, chunkOptions.chunkChars, embedderId]),
  }
}
