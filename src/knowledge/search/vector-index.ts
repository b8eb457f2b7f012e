import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectOptionalFunction } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectPackedVectors, expectVectorId, type PackedVectors } from './expect-packed-vectors.ts'
import { expectVector } from './expect-vector.ts'
import { MAX_DIMENSIONS } from './packed-query.ts'
import { searchBlocks, type VectorHit } from './search-blocks.ts'
import { createVectorBlocks } from './vector-blocks.ts'
import { packVector } from './vector-row.ts'
import { fastestRowScanner } from './wasm-row-scanner.ts'

/** Options of one search. */
export interface VectorSearchOptions {
  /** Maximum number of hits. */
  readonly topK: number
  /** Returns true for an id that may be found. @defaultValue every id may be found */
  readonly allows?: ((id: number) => boolean) | undefined
}

/** An index of vectors in memory, with an exact search. */
export interface VectorIndex {
  /** Number of vectors. */
  readonly size: number
  /** Adds a vector of length 1 or replaces the one with this id. An id is an integer from 0. The vector is copied. */
  add(id: number, vector: Float32Array): void
  /** Removes a vector. An unknown id is ignored. */
  remove(id: number): void
  /** Returns true if there is a vector with this id. */
  has(id: number): boolean
  /**
   * Returns the nearest vectors, the best first, equal scores by ascending id. The result is always that of a comparison
   * with every vector. `allows` is asked only for vectors that can be in the result.
   */
  search(query: Float32Array, options: VectorSearchOptions): readonly VectorHit[]
  /** Returns all vectors in parts. They are views of the index: copy or write them before the index changes. */
  pack(): readonly PackedVectors[]
  /** Adds or replaces vectors in packed form, and need not pack them again. The arrays are copied. */
  load(packed: PackedVectors): void
}

/** Options of {@link createVectorIndex}. */
export interface VectorIndexOptions {
  /** Length of every vector, at most 16384. */
  readonly dimensions: number
  /**
   * Returns the vectors of these ids, in their order. If it is given, the index keeps only the packed rows, and asks for
   * the vectors that a search must compare exactly.
   * @defaultValue none: the index keeps the vectors
   */
  readonly vectorsOf?: ((ids: readonly number[]) => readonly Float32Array[]) | undefined
}

const OPTIONS: OptionNames<VectorIndexOptions> = { dimensions: true, vectorsOf: true }
const SEARCH_OPTIONS: OptionNames<VectorSearchOptions> = { topK: true, allows: true }

/**
 * Creates an empty index. It packs each vector into one byte for each dimension, scans all of them by WebAssembly, and
 * compares those that may be among the nearest exactly. Without WebAssembly it is slower, with the same result.
 *
 * One index holds the vectors of one scope, so that a search cannot reach another scope.
 *
 * @param scanner - Given by tests.
 */
export function createVectorIndex(options: VectorIndexOptions, scanner = fastestRowScanner()): VectorIndex {
  expectOptions(options, OPTIONS, { of: 'createVectorIndex' })
  const dimensions = expectDimensions(options.dimensions)
  const given = expectOptionalFunction('vectorsOf', options.vectorsOf)
  const vectors = createVectorBlocks({ dimensions, keepsVectors: given === undefined, scanner })
  const vectorsOf = given ?? ((ids: readonly number[]) => ids.map((id) => vectors.vectorOf(id)))

  return {
    get size() {
      return vectors.size
    },
    add(id, vector) {
      expectVectorId(id)
      expectVector('vector', vector, dimensions)
      vectors.put({ ids: Float64Array.of(id), rows: packVector(vector), vectors: vector })
    },
    remove: (id) => vectors.remove(id),
    has: (id) => vectors.has(id),
    search(query, searchOptions) {
      expectOptions(searchOptions, SEARCH_OPTIONS, { of: 'search' })
      const topK = countOption('topK', searchOptions.topK ?? Number.NaN, 1)
      const allows = expectOptionalFunction('allows', searchOptions.allows)
      expectVector('query', query, dimensions)
      return searchBlocks(vectors.blocks, query, { scanner, vectorsOf, topK, allows })
    },
    pack: () => vectors.pack(),
    load: (packed) => vectors.put(expectPackedVectors(packed, { dimensions, keepsVectors: given === undefined })),
  }
}

function expectDimensions(dimensions: number): number {
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= MAX_DIMENSIONS) return dimensions
  const reason = `it must be an integer from 1 to ${MAX_DIMENSIONS}`
  throw invalidInput('dimensions', `Cannot use dimensions ${String(dimensions)}: ${reason}`, RangeError)
}
