import { countOption, type CountRange } from '../../core/options/options-with-defaults.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'

/** The size, the number and the rates of the calls of an embedder. */
export interface EmbeddingOptions {
  /** Maximum number of texts in one call of the embedder. @defaultValue 64 */
  readonly batchSize?: number | undefined
  /** Maximum number of calls at the same time. @defaultValue 2 */
  readonly concurrency?: number | undefined
  /** Further attempts of a call that failed for a reason that may pass. @defaultValue 5 */
  readonly retries?: number | undefined
  /** Maximum number of calls that start within a minute. @defaultValue `Infinity` */
  readonly callsPerMinute?: number | undefined
  /** Maximum number of tokens, by estimate, of the calls that start within a minute. @defaultValue `Infinity` */
  readonly tokensPerMinute?: number | undefined
}

/** The options with their defaults. */
export type ResolvedEmbeddingOptions = { readonly [Name in keyof EmbeddingOptions]-?: number }

const NAMES: OptionNames<EmbeddingOptions> = {
  batchSize: true,
  concurrency: true,
  retries: true,
  callsPerMinute: true,
  tokensPerMinute: true,
}

/** Checks the options and applies the defaults. `of` is the function that takes them. */
export function resolveEmbeddingOptions(options: EmbeddingOptions = {}, of: string): ResolvedEmbeddingOptions {
  expectOptions(options, NAMES, { of, within: 'embedding' })
  const count = (name: keyof EmbeddingOptions, range: number | CountRange): number =>
    countOption(`embedding.${name}`, options[name], range)
  return {
    batchSize: count('batchSize', 64),
    concurrency: count('concurrency', 2),
    retries: count('retries', { defaultValue: 5, from: 0 }),
    callsPerMinute: count('callsPerMinute', Infinity),
    tokensPerMinute: count('tokensPerMinute', Infinity),
  }
}
