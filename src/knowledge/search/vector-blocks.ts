import type { PackedVectors } from './expect-packed-vectors.ts'
import type { RowScanner } from './scan-rows.ts'
import { rowBytesOf } from './vector-row.ts'

// A block is large enough for a memory of its own, and small enough to grow by copying.
const MAX_BLOCK_ROWS = 16_384
const MAX_BLOCK_BYTES = 8 * 1024 * 1024
const FIRST_ROWS = 8

/** A part of the vectors of an index. The first `count` places of each array are in use. */
export interface VectorBlock {
  /** Number of vectors. */
  count: number
  /** Their ids. */
  readonly ids: Float64Array
  /** Their packed rows. */
  readonly rows: Uint8Array
  /** The vectors. Empty if the index does not keep them. */
  readonly vectors: Float32Array
}

/** The vectors of an index in blocks, without gaps: in a large one, a new vector must not copy all others. */
export interface VectorBlocks {
  /** The blocks. All but the last are full. */
  readonly blocks: readonly VectorBlock[]
  /** Number of vectors. */
  readonly size: number
  /** Returns true if there is a vector with this id. */
  has(id: number): boolean
  /** Adds or replaces vectors. */
  put(packed: PackedVectors): void
  /** Removes a vector. */
  remove(id: number): void
  /** Returns a view of the vector. */
  vectorOf(id: number): Float32Array
  /** Returns views of all vectors, one part for each block. */
  pack(): readonly PackedVectors[]
}

/** Options of {@link createVectorBlocks}. */
export interface VectorBlocksOptions {
  /** Length of every vector. */
  readonly dimensions: number
  /** True if the vectors are kept, and not only their rows. */
  readonly keepsVectors: boolean
  /** Allocates full blocks. */
  readonly scanner: RowScanner
}

/** Creates empty blocks. */
export function createVectorBlocks({ dimensions, keepsVectors, scanner }: VectorBlocksOptions): VectorBlocks {
  const rowBytes = rowBytesOf(dimensions)
  const blockRows = Math.min(MAX_BLOCK_ROWS, Math.floor(MAX_BLOCK_BYTES / rowBytes))
  const kept = keepsVectors ? dimensions : 0
  const blocks: VectorBlock[] = []
  // The place of each vector: index of the block * blockRows + index in the block.
  const places = new Map<number, number>()

  function blockAt(place: number): { readonly block: VectorBlock; readonly at: number } {
    const block = blocks[Math.floor(place / blockRows)]
    if (!block) throw new RangeError(`There is no vector at ${place}`)
    return { block, at: place % blockRows }
  }

  function partOf({ ids, rows, vectors }: PackedVectors, start: number, end = start + 1): PackedVectors {
    return {
      ids: ids.subarray(start, end),
      rows: rows.subarray(start * rowBytes, end * rowBytes),
      ...(keepsVectors && { vectors: vectors?.subarray(start * dimensions, end * dimensions) }),
    }
  }

  function write(place: number, { ids, rows, vectors }: PackedVectors): void {
    const { block, at } = blockAt(place)
    block.ids.set(ids, at)
    block.rows.set(rows, at * rowBytes)
    if (vectors) block.vectors.set(vectors, at * kept)
    places.set(ids[0] ?? 0, place)
  }

  /** Returns the last block, with room for one to `wanted` further vectors. */
  function blockWithRoom(wanted: number): VectorBlock {
    const last = blocks.at(-1)
    if (!last || last.count === blockRows) {
      // An index of a few vectors must stay small. The next block of a larger one has its full size at once.
      const block = createBlock(last ? blockRows : Math.min(blockRows, Math.max(FIRST_ROWS, wanted)))
      blocks.push(block)
      return block
    }
    if (last.count < last.ids.length) return last
    const larger = createBlock(Math.min(blockRows, Math.max(2 * last.count, last.count + wanted)))
    larger.ids.set(last.ids)
    larger.rows.set(last.rows)
    larger.vectors.set(last.vectors)
    larger.count = last.count
    blocks[blocks.length - 1] = larger
    return larger
  }

  function createBlock(capacity: number): VectorBlock {
    return {
      count: 0,
      ids: new Float64Array(capacity),
      rows: capacity === blockRows ? scanner.allocate(capacity, rowBytes) : new Uint8Array(capacity * rowBytes),
      vectors: new Float32Array(capacity * kept),
    }
  }

  function append({ ids, rows, vectors }: PackedVectors): void {
    for (let start = 0; start < ids.length;) {
      const block = blockWithRoom(ids.length - start)
      const end = Math.min(ids.length, start + block.ids.length - block.count)
      block.ids.set(ids.subarray(start, end), block.count)
      block.rows.set(rows.subarray(start * rowBytes, end * rowBytes), block.count * rowBytes)
      if (vectors) block.vectors.set(vectors.subarray(start * kept, end * kept), block.count * kept)
      block.count += end - start
      for (let at = start; at < end; at++) places.set(ids[at] ?? 0, places.size)
      start = end
    }
  }

  return {
    blocks,
    get size() {
      return places.size
    },
    has: (id) => places.has(id),
    put(packed) {
      const { ids } = packed
      if (new Set(ids).size === ids.length && !ids.some((id) => places.has(id))) return append(packed)
      for (const [at, id] of ids.entries()) {
        const one = partOf(packed, at)
        const place = places.get(id)
        if (place === undefined) append(one)
        else write(place, one)
      }
    },
    remove(id) {
      const place = places.get(id)
      if (place === undefined) return
      const last = blockAt(places.size - 1)
      // The last vector fills the gap.
      if (place !== places.size - 1) write(place, partOf(last.block, last.at))
      places.delete(id)
      last.block.count -= 1
      if (last.block.count === 0) blocks.pop()
    },
    vectorOf(id) {
      const { block, at } = blockAt(places.get(id) ?? -1)
      return block.vectors.subarray(at * kept, (at + 1) * kept)
    },
    pack: () => blocks.map((block) => partOf(block, 0, block.count)),
  }
}
