import { dotProduct } from '../../../src/knowledge/search/dot-product.ts'
import type { VectorHit } from '../../../src/knowledge/search/search-blocks.ts'

/** Returns numbers from 0 to 1 that depend only on the seed. */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns a vector of length 1 in a random direction. */
export function randomVector(random: () => number, dimensions: number): Float32Array {
  return normalized(Float32Array.from({ length: dimensions }, () => random() + random() + random() - 1.5))
}

/** Returns a vector of length 1 near another one. With the spread 0, it is equal. */
export function vectorNear(centre: Float32Array, spread: number, random: () => number): Float32Array {
  return normalized(centre.map((value) => value + spread * (random() - 0.5)))
}

/** Returns the vector divided by its length; zeros stay zeros. */
export function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** Compares the query with every vector. */
export function scanAll(
  vectors: ReadonlyMap<number, Float32Array>,
  query: Float32Array,
  { topK, allows = () => true }: { readonly topK: number; readonly allows?: ((id: number) => boolean) | undefined },
): readonly VectorHit[] {
  return [...vectors]
    .filter(([id]) => allows(id))
    .map(([id, vector]) => ({ id, score: dotProduct(query, vector) }))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, topK)
}
