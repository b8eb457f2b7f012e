import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import type { Embedder } from '../../core/vocabulary/retriever.ts'
import { tokenize } from '../text/tokenize.ts'

/** The options of {@link hashedNgramEmbedder}. */
export interface HashedNgramEmbedderOptions {
  /** Length of the vectors, from 16. @defaultValue 384 */
  readonly dimensions?: number | undefined
}

const OPTIONS: OptionNames<HashedNgramEmbedderOptions> = { dimensions: true }

// A release with other words increases it, so that vectors of an earlier one are not compared with its own.
const WORDS_VERSION = 2

/** Weight of a word beside its parts of three letters, which have weight 1 together. */
const WORD_WEIGHT = 1

// It finds much less than a search by words. With more than 1/7, it could change the first chunk of that search.
const RANK_WEIGHT = 0.1

/**
 * Creates an embedder that needs no model: it hashes words and their groups of three letters into a vector (feature
 * hashing, Weinberger et al. 2009). Texts that share words or parts of words are near; synonyms are not. Use it as a
 * baseline in development and tests: on real questions it finds less than a search by words. In a hybrid search it has
 * little weight (`rankWeight`). Use the embedder of a model to find by meaning.
 */
export function hashedNgramEmbedder(options: HashedNgramEmbedderOptions = {}): Embedder {
  expectOptions(options, OPTIONS, { of: 'hashedNgramEmbedder' })
  const dimensions = countOption('dimensions', options.dimensions, { defaultValue: 384, from: 16 })
  return {
    id: `hashed-ngrams-${WORDS_VERSION}-${dimensions}`,
    rankWeight: RANK_WEIGHT,
    async embed(texts, { signal }) {
      signal.throwIfAborted()
      return texts.map((text) => embedOne(text, dimensions))
    },
  }
}

function embedOne(text: string, dimensions: number): Float32Array {
  const counts = new Map<string, number>()
  for (const word of tokenize(text).words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const vector = new Float32Array(dimensions)
  for (const [word, count] of counts) {
    // A word that is repeated says little more than one that stands once.
    const weight = 1 + Math.log(count)
    add(vector, word, weight * WORD_WEIGHT)
    const letters = [...` ${word} `]
    const groups = letters.slice(2).map((letter, index) => `${letters[index]}${letters[index + 1]}${letter}`)
    for (const group of groups) add(vector, `#${group}`, weight / Math.sqrt(groups.length))
  }
  return vector
}

/** Adds a feature at its hashed position. Half of the features count negatively, so that collisions cancel out. */
function add(vector: Float32Array, feature: string, weight: number): void {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5
  for (let index = 0; index < feature.length; index++) hash = Math.imul(hash ^ feature.charCodeAt(index), 0x01000193)
  const position = (hash >>> 1) % vector.length
  vector[position] = (vector[position] ?? 0) + (hash & 1 ? weight : -weight)
}
