import { dotProduct } from './dot-product.ts'
import { createHighestNumbers } from './highest-numbers.ts'
import { packQuery } from './packed-query.ts'
import type { RowScanner } from './scan-rows.ts'
import type { VectorBlock } from './vector-blocks.ts'
import { errorOfRow, rowBytesOf } from './vector-row.ts'

/** The minimum number of vectors that are compared at a time. */
const BATCH = 32

/** A vector that a search found. */
export interface VectorHit {
  /** Id of the vector. */
  readonly id: number
  /** Dot product with the query: the cosine. */
  readonly score: number
}

/** A search in blocks of vectors. */
export interface BlockSearch {
  /** Scans the rows. */
  readonly scanner: RowScanner
  /** Returns the vectors of these ids, in their order. */
  readonly vectorsOf: (ids: readonly number[]) => readonly Float32Array[]
  /** Maximum number of hits. */
  readonly topK: number
  /** Returns true for an id that may be found. */
  readonly allows?: ((id: number) => boolean) | undefined
}

/** A vector that may be among the nearest. */
interface Candidate {
  readonly id: number
  /** The score is not above it. */
  readonly bound: number
}

/**
 * Returns the nearest vectors, equal scores by ascending id. The result is that of a comparison with every vector.
 *
 * The packed rows give an upper and a lower bound of each score (see `packQuery`). Let L be the k-th highest lower bound of
 * the allowed vectors. k vectors score at least L, so a vector with upper bound < L is not among the first k. All others
 * are candidates. They are compared exactly, in descending order of their upper bounds. Let S be the k-th highest score so
 * far. If the next upper bound is < S, then no remaining vector scores S or more, so that also ties are complete.
 */
export function searchBlocks(
  blocks: readonly VectorBlock[],
  query: Float32Array,
  search: BlockSearch,
): readonly VectorHit[] {
  const candidates = findCandidates(blocks, query, search)
  const { vectorsOf, topK } = search
  const batch = Math.max(BATCH, topK)
  const highest = createHighestNumbers(topK)
  const hits: VectorHit[] = []
  for (let start = 0; start < candidates.length; start += batch) {
    const next = candidates.slice(start, start + batch).filter(({ bound }) => bound >= highest.lowest)
    if (next.length === 0) break
    const ids = next.map(({ id }) => id)
    const vectors = expectVectors(vectorsOf(ids), ids, query.length)
    for (const [at, id] of ids.entries()) {
      const score = dotProduct(query, vectors[at] ?? query)
      if (!Number.isFinite(score)) {
        throw new RangeError(`Cannot compare the vector ${id}: it has a number that is not finite`)
      }
      hits.push({ id, score })
      highest.add(score)
    }
  }
  return hits.sort((a, b) => b.score - a.score || a.id - b.id).slice(0, topK)
}

/** Returns all vectors that may be among the nearest, the highest bound first. */
function findCandidates(
  blocks: readonly VectorBlock[],
  query: Float32Array,
  { scanner, topK, allows }: BlockSearch,
): readonly Candidate[] {
  const packed = packQuery(query)
  const rowBytes = rowBytesOf(query.length)
  const highest = createHighestNumbers(topK)
  const bounds = new Float32Array(blocks[0]?.count ?? 0)
  const candidates: Candidate[] = []
  let lowest = -Infinity
  for (const { rows, count, ids } of blocks) {
    scanner.scan({ rows, count, rowBytes }, packed, bounds)
    for (let at = 0; at < count; at++) {
      const bound = bounds[at] ?? 0
      if (bound < lowest) continue
      const id = ids[at] ?? 0
      // Asked only for vectors that can matter: a filter may be slow.
      if (allows && !allows(id)) continue
      candidates.push({ id, bound })
      highest.add(bound - 2 * (errorOfRow(rows, at * rowBytes) * packed.errorFactor + packed.margin))
      lowest = highest.lowest
    }
  }
  return candidates.filter(({ bound }) => bound >= lowest).sort((a, b) => b.bound - a.bound)
}

function expectVectors(
  vectors: readonly Float32Array[],
  ids: readonly number[],
  dimensions: number,
): readonly Float32Array[] {
  if (vectors.length !== ids.length) {
    throw new RangeError(`Cannot compare vectors: vectorsOf returned ${vectors.length} for ${ids.length} ids`)
  }
  for (const [at, vector] of vectors.entries()) {
    if (vector?.length === dimensions) continue
    const what = vector === undefined ? 'none' : `one of ${vector.length} dimensions`
    throw new RangeError(`Cannot compare the vector ${ids[at]}: vectorsOf returned ${what} instead of ${dimensions}`)
  }
  return vectors
}
