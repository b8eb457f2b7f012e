import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFinite, expectFunction, expectOneOf } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { MIN_SCORE } from '../search/with-comparable-scores.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'

/** The ways to find chunks: by words, by vectors, or by both. */
export const SEARCH_MODES = ['lexical', 'vector', 'hybrid'] as const

/** A way to find chunks: by words, by vectors, or by both. */
export type SearchMode = (typeof SEARCH_MODES)[number]

/** Returns the scopes whose documents a run may read, besides the documents without a scope. */
export type ReadableScopes = (scope: string | undefined) => readonly string[]

/** The options of a retriever over an index. */
export interface KnowledgeRetrieverOptions {
  /** The way to find chunks. @defaultValue `hybrid` with an embedder, else `lexical` */
  readonly mode?: SearchMode | undefined
  /**
   * Minimum score of the best chunk by words, from 0 to 1. With 0, one shared term is enough.
   * @defaultValue 0.135
   */
  readonly minScore?: number | undefined
  /**
   * Minimum cosine of the best chunk by vectors, from -1 to 1. It depends on the model: measure it with questions that
   * your documents cannot answer. A `hybrid` search without it finds something for every question.
   * @defaultValue none
   */
  readonly minSimilarity?: number | undefined
  /**
   * Weight of the vectors in a `hybrid` search, from 0 to 10; the words have weight 1. A search that is much worse than the
   * other one should get a small weight, because it would make the result worse.
   * @defaultValue `rankWeight` of the embedder, which is 1 unless it says otherwise
   */
  readonly vectorWeight?: number | undefined
  /** Number of chunks that each half of a `hybrid` search finds before they are merged, from 50. @defaultValue 50 */
  readonly pool?: number | undefined
  /** Number of chunks before and after each one that the model also reads. A citation stays the chunk. @defaultValue 0 */
  readonly neighbours?: number | undefined
  /**
   * Scopes whose documents a run may read, besides those without a scope. @defaultValue the scope of the run
   */
  readonly readableScopes?: ReadableScopes | undefined
}

/** The options with their defaults. */
export interface ResolvedRetrieverOptions {
  /** The way to find chunks. */
  readonly mode: SearchMode
  /** Minimum score of the best chunk by words. */
  readonly minScore: number
  /** Minimum cosine of the best chunk by vectors. */
  readonly minSimilarity: number | undefined
  /** Weight of the vectors beside the words. */
  readonly vectorWeight: number
  /** Depth of the lists that are merged. */
  readonly pool: number
  /** Number of neighbours on each side. */
  readonly neighbours: number
  /** Scopes that a run may read. */
  readonly readableScopes: ReadableScopes
}

const NAMES: OptionNames<KnowledgeRetrieverOptions> = {
  mode: true,
  minScore: true,
  minSimilarity: true,
  vectorWeight: true,
  pool: true,
  neighbours: true,
  readableScopes: true,
}

/** Checks the options and applies the defaults. */
export function resolveRetrieverOptions(
  options: KnowledgeRetrieverOptions,
  { embedder }: Pick<ResolvedKnowledgeOptions, 'embedder'>,
): ResolvedRetrieverOptions {
  expectOptions(options, NAMES, { of: 'knowledge.retriever' })
  const mode = options.mode === undefined ? undefined : expectOneOf('mode', options.mode, SEARCH_MODES)
  if (mode !== undefined && mode !== 'lexical' && !embedder)
    throw invalidInput('mode', `Cannot search with mode ${mode}: createKnowledge needs an embedder for it`)
  const readableScopes = options.readableScopes ?? ((scope) => (scope === undefined ? [] : [scope]))
  return {
    mode: mode ?? (embedder ? 'hybrid' : 'lexical'),
    minScore: within('minScore', options.minScore, [0, 1]) ?? MIN_SCORE,
    minSimilarity: within('minSimilarity', options.minSimilarity, [-1, 1]),
    vectorWeight: within('vectorWeight', options.vectorWeight ?? embedder?.rankWeight, [0, 10]) ?? 1,
    pool: countOption('pool', options.pool, { defaultValue: 50, from: 50 }),
    neighbours: countOption('neighbours', options.neighbours, { defaultValue: 0, from: 0 }),
    readableScopes: expectFunction('readableScopes', readableScopes),
  }
}

function within(field: string, value: unknown, [from, to]: readonly [number, number]): number | undefined {
  const number = expectFinite(field, value)
  if (number === undefined || (number >= from && number <= to)) return number
  throw invalidInput(field, `Cannot use ${field} ${number}: it must be between ${from} and ${to}`, RangeError)
}
