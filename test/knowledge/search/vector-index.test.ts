import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { plainRowScanner, type RowScanner } from '../../../src/knowledge/search/scan-rows.ts'
import { createVectorIndex, type VectorIndex } from '../../../src/knowledge/search/vector-index.ts'
import { packVector } from '../../../src/knowledge/search/vector-row.ts'
import { createWasmRowScanner } from '../../../src/knowledge/search/wasm-row-scanner.ts'
import { createRandom, normalized, randomVector, scanAll, vectorNear } from './vectors.ts'

const wasm = createWasmRowScanner()

afterEach(() => vi.unstubAllGlobals())

describe('createVectorIndex', () => {
  it('finds the nearest vectors, equal scores by id', () => {
    const index = createVectorIndex({ dimensions: 2 })
    index.add(7, Float32Array.of(0, 1))
    index.add(3, Float32Array.of(0, 1))
    index.add(5, Float32Array.of(1, 0))
    expect(index.search(Float32Array.of(0, 1), { topK: 2 })).toEqual([
      { id: 3, score: 1 },
      { id: 7, score: 1 },
    ])
  })

  it('finds what a comparison with every vector finds, on every path, after any changes', () => {
    fc.assert(
      fc.property(scenarios, ({ dimensions, seed, spread, changes, topK, oneIn }) => {
        const { indexes, vectors, random, centres } = build({ dimensions, seed, spread, changes })
        const allows = oneIn === 0 ? undefined : (id: number) => id % oneIn === 0
        for (const query of [vectorNear(centres[0] ?? zeros(dimensions), spread, random), zeros(dimensions)]) {
          const expected = scanAll(vectors, query, { topK, allows })
          for (const index of indexes) {
            expect(index.size).toBe(vectors.size)
            expect(index.search(query, { topK, allows })).toEqual(expected)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('finds all of 20,000 vectors in several blocks, after most of them are removed, and after they are added again', () => {
    const random = createRandom(1)
    const vectors = new Map(Array.from({ length: 20_000 }, (_, id) => [id * 3, randomVector(random, 3)] as const))
    for (const index of indexesOver(3, vectors)) {
      const left = new Map(vectors)
      for (const [id, vector] of vectors) index.add(id, vector)
      expectSameResults(index, left, random)
      for (const id of vectors.keys()) {
        if (id % 7 === 0) continue
        index.remove(id)
        left.delete(id)
      }
      expectSameResults(index, left, random)
      for (const [id, vector] of vectors) index.add(id, vector)
      expectSameResults(index, vectors, random)
    }
  })

  it.each([1, 15, 16, 17, 384, 1_536, 16_384])(
    'is exact with %i dimensions, also at the highest sums',
    (dimensions) => {
      const same = normalized(new Float32Array(dimensions).fill(1))
      const opposite = same.map((value) => -value)
      const vectors = new Map([opposite, same, zeros(dimensions)].map((vector, id) => [id, vector]))
      for (const index of indexesOver(dimensions, vectors)) {
        for (const [id, vector] of vectors) index.add(id, vector)
        for (const query of [same, opposite]) {
          for (const topK of [1, 2, 3]) {
            expect(index.search(query, { topK })).toEqual(scanAll(vectors, query, { topK }))
          }
        }
      }
    },
  )

  it('returns equal vectors by id when there are more of them than it may return', () => {
    const random = createRandom(2)
    const vector = randomVector(random, 24)
    const ids = Array.from({ length: 500 }, (_, id) => (id * 7_919) % 500)
    for (const index of indexesOver(24, new Map(ids.map((id) => [id, vector])))) {
      for (const id of ids) index.add(id, vector)
      const hits = index.search(vectorNear(vector, 0.1, random), { topK: 4 })
      expect(hits.map(({ id }) => id)).toEqual([0, 1, 2, 3])
    }
  })

  it('copies a vector that is added', () => {
    const index = createVectorIndex({ dimensions: 2 })
    const vector = Float32Array.of(1, 0)
    index.add(0, vector)
    vector.set([0, 1])
    expect(index.search(Float32Array.of(1, 0), { topK: 1 })).toEqual([{ id: 0, score: 1 }])
  })

  it('reads a vector that is a part of a larger array', () => {
    const index = createVectorIndex({ dimensions: 2 })
    const two = Float32Array.of(1, 0, 0, 1)
    index.add(0, two.subarray(0, 2))
    index.add(1, two.subarray(2))
    expect(index.search(two.subarray(2), { topK: 1 })).toEqual([{ id: 1, score: 1 }])
  })

  it('asks `allows` only for vectors that can be in the result', () => {
    const random = createRandom(3)
    const index = createVectorIndex({ dimensions: 64 })
    for (let id = 0; id < 10_000; id++) index.add(id, randomVector(random, 64))
    const allows = vi.fn<(id: number) => boolean>(() => true)
    index.search(randomVector(random, 64), { topK: 5, allows })
    expect(allows.mock.calls.length).toBeLessThan(1_000)
  })

  it('asks `vectorsOf` only for vectors that can be in the result', () => {
    const random = createRandom(4)
    const vectors = Array.from({ length: 10_000 }, () => randomVector(random, 64))
    let asked = 0
    const vectorsOf = (ids: readonly number[]): readonly Float32Array[] => {
      asked += ids.length
      return ids.map((id) => vectors[id] ?? zeros(64))
    }
    const index = createVectorIndex({ dimensions: 64, vectorsOf })
    for (const [id, vector] of vectors.entries()) index.add(id, vector)
    index.search(randomVector(random, 64), { topK: 5 })
    expect(asked).toBeGreaterThanOrEqual(5)
    expect(asked).toBeLessThan(200)
  })

  it('can be searched after a filter has thrown', () => {
    const index = createVectorIndex({ dimensions: 1 })
    index.add(1, Float32Array.of(1))
    const error = new Error('filter')
    const allows = (): never => {
      throw error
    }
    expect(() => index.search(Float32Array.of(1), { topK: 1, allows })).toThrow(error)
    expect(index.search(Float32Array.of(1), { topK: 1 })).toEqual([{ id: 1, score: 1 }])
  })
})

describe('createVectorIndex without WebAssembly', () => {
  const withoutIt: readonly (readonly [string, () => void])[] = [
    ['is not there', () => vi.stubGlobal('WebAssembly', undefined)],
    ['may not compile bytes, as in Workers', () => vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: refuse })],
    [
      'has no memory left',
      () => vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: WebAssembly.Module, Memory: refuse }),
    ],
  ]

  it.each(withoutIt)('finds the same where it %s', async (_, removeIt) => {
    removeIt()
    // The scanner is chosen once, when the first index is created.
    vi.resetModules()
    const module = await import('../../../src/knowledge/search/wasm-row-scanner.ts')
    expect(module.createWasmRowScanner()).toBeUndefined()
    const random = createRandom(5)
    const vectors = new Map(Array.from({ length: 200 }, (_, id) => [id, randomVector(random, 20)] as const))
    const index = createVectorIndex({ dimensions: 20 }, module.fastestRowScanner())
    for (const [id, vector] of vectors) index.add(id, vector)
    expectSameResults(index, vectors, random)
  })

  it('finds the same when a large part gets no memory of its own', () => {
    expect.assert(wasm)
    const crowded: RowScanner = { ...wasm, allocate: plainRowScanner.allocate }
    const random = createRandom(6)
    const vectors = new Map(Array.from({ length: 20_000 }, (_, id) => [id, randomVector(random, 3)] as const))
    const index = createVectorIndex({ dimensions: 3 }, crowded)
    for (const [id, vector] of vectors) index.add(id, vector)
    expectSameResults(index, vectors, random)
  })
})

describe('pack and load', () => {
  it('restore an index, and replace vectors with the same ids', () => {
    const random = createRandom(7)
    const vectors = new Map(Array.from({ length: 20_000 }, (_, id) => [id, randomVector(random, 5)] as const))
    const original = createVectorIndex({ dimensions: 5 })
    for (const [id, vector] of vectors) original.add(id, vector)
    for (const index of indexesOver(5, vectors)) {
      index.add(19_999, randomVector(random, 5))
      for (const packed of original.pack()) index.load(packed)
      expect(index.size).toBe(20_000)
      expectSameResults(index, vectors, random)
    }
  })

  it('load the last one of vectors with the same id', () => {
    const index = createVectorIndex({ dimensions: 2 })
    const vectors = Float32Array.of(1, 0, 0, 1)
    const rows = Uint8Array.of(...packVector(vectors.subarray(0, 2)), ...packVector(vectors.subarray(2)))
    index.load({ ids: Float64Array.of(5, 5), rows, vectors })
    expect(index.size).toBe(1)
    expect(index.search(Float32Array.of(0, 1), { topK: 2 })).toEqual([{ id: 5, score: 1 }])
  })

  it.each([
    ['too few rows', { rows: new Uint8Array(9) }, 'Cannot load packed rows: 1 vectors have 10 bytes, not 9'],
    ['no vectors', { vectors: undefined }, 'Cannot load packed vectors: 1 vectors have 2 numbers, not 0'],
    [
      'an id that is not an integer',
      { ids: Float64Array.of(0.5) },
      'Cannot use the id 0.5: it must be an integer from 0',
    ],
    [
      'a header that is not a number',
      { rows: new Uint8Array(10).fill(255) },
      'Cannot load packed rows: the row at position 0 has the scale NaN and the error NaN',
    ],
  ])('reject %s', (_, part, message) => {
    const index = createVectorIndex({ dimensions: 2 })
    const packed = { ids: Float64Array.of(0), rows: new Uint8Array(10), vectors: new Float32Array(2), ...part }
    expect(() => index.load(packed)).toThrow(rangeError(message))
    expect(index.size).toBe(0)
  })
})

describe('createVectorIndex rejects', () => {
  const index = createVectorIndex({ dimensions: 3 })

  it.each([
    [Float32Array.of(0, Number.NaN, 0), 'the number at position 1 is NaN'],
    [Float32Array.of(1, 0, Infinity), 'the number at position 2 is Infinity'],
    [Float32Array.of(1, 0), 'it has 2 dimensions, and the index has 3'],
    [Float32Array.of(1, 0, 0, 0), 'it has 4 dimensions, and the index has 3'],
  ])('the vector %o', (vector, reason) => {
    expect(() => index.add(1, vector)).toThrow(rangeError(`Cannot use vector: ${reason}`))
    expect(() => index.search(vector, { topK: 1 })).toThrow(rangeError(`Cannot use query: ${reason}`))
    expect(index.size).toBe(0)
  })

  it('a vector whose length is not 1', () => {
    const reason = 'divide it by its length first'
    expect(() => index.add(1, Float32Array.of(3, 0, 0))).toThrow(`Cannot use vector of length 3.00000: ${reason}`)
    expect(() => index.add(1, Float32Array.of(3e38, 3e38, 0))).toThrow(reason)
  })

  it('a vector that is not a Float32Array', () => {
    // @ts-expect-error: tests what the types forbid.
    expect(() => index.add(1, [1, 0, 0])).toThrow('Cannot use vector: it must be a Float32Array, and it is an array')
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('the id %d', (id) => {
    expect(() => index.add(id, Float32Array.of(1, 0, 0))).toThrow(`Cannot use the id ${id}`)
  })

  it.each([0, 1.5, Number.NaN, 16_385])('%d dimensions', (dimensions) => {
    expect(() => createVectorIndex({ dimensions })).toThrow(`Cannot use dimensions ${dimensions}`)
  })

  it.each([0, -1, Number.NaN, 1.5])('topK %d', (topK) => {
    expect(() => index.search(Float32Array.of(1, 0, 0), { topK })).toThrow(`Cannot use topK ${topK}`)
  })

  it.each([
    [[], 'vectorsOf returned 0 for 1 ids'],
    [[new Float32Array(2)], 'Cannot compare the vector 4: vectorsOf returned one of 2 dimensions instead of 3'],
    [[Float32Array.of(Number.NaN, 0, 0)], 'Cannot compare the vector 4: it has a number that is not finite'],
  ])('%o of `vectorsOf`', (vectors, message) => {
    const lazy = createVectorIndex({ dimensions: 3, vectorsOf: () => vectors })
    lazy.add(4, Float32Array.of(1, 0, 0))
    expect(() => lazy.search(Float32Array.of(1, 0, 0), { topK: 1 })).toThrow(message)
  })
})

const scenarios = fc.record({
  dimensions: fc.integer({ min: 1, max: 70 }),
  seed: fc.integer(),
  // Of the distances between vectors: none, below the error of packing, above it, and in all directions.
  spread: fc.constantFrom(0, 1e-4, 1e-2, 0.3, 10),
  changes: fc.array(fc.record({ id: fc.nat(60), kind: fc.constantFrom('add', 'add', 'add', 'zero', 'remove') }), {
    maxLength: 150,
    size: 'max',
  }),
  topK: fc.constantFrom(1, 2, 5, 20, 1_000, Infinity),
  oneIn: fc.constantFrom(0, 1, 3, 17, 10_007),
})

interface Scenario {
  readonly dimensions: number
  readonly seed: number
  readonly spread: number
  readonly changes: readonly { readonly id: number; readonly kind: string }[]
}

interface Built {
  readonly indexes: readonly VectorIndex[]
  readonly vectors: ReadonlyMap<number, Float32Array>
  readonly centres: readonly Float32Array[]
  readonly random: () => number
}

function build({ dimensions, seed, spread, changes }: Scenario): Built {
  const random = createRandom(seed)
  const centres = Array.from({ length: 3 }, () => randomVector(random, dimensions))
  const vectors = new Map<number, Float32Array>()
  const indexes = indexesOver(dimensions, vectors)
  for (const { id, kind } of changes) {
    const centre = centres[Math.floor(random() * 3)] ?? zeros(dimensions)
    const vector = kind === 'zero' ? zeros(dimensions) : vectorNear(centre, spread, random)
    if (kind === 'remove') vectors.delete(id)
    else vectors.set(id, vector)
    for (const index of indexes) {
      if (kind === 'remove') index.remove(id)
      else index.add(id, vector)
      expect(index.has(id)).toBe(kind !== 'remove')
    }
  }
  return { indexes, vectors, centres, random }
}

/** Returns an empty index for each path. */
function indexesOver(dimensions: number, vectors: ReadonlyMap<number, Float32Array>): readonly VectorIndex[] {
  expect.assert(wasm, 'the runtime of the tests has WebAssembly')
  const vectorsOf = (ids: readonly number[]): readonly Float32Array[] =>
    ids.map((id) => vectors.get(id) ?? zeros(dimensions))
  return [
    createVectorIndex({ dimensions }),
    createVectorIndex({ dimensions }, plainRowScanner),
    createVectorIndex({ dimensions, vectorsOf }, wasm),
    createVectorIndex({ dimensions, vectorsOf }, plainRowScanner),
  ]
}

function expectSameResults(index: VectorIndex, vectors: ReadonlyMap<number, Float32Array>, random: () => number): void {
  const [vector = new Float32Array(1)] = vectors.values()
  for (const oneIn of [1, 10, 100]) {
    const search = { topK: 5, allows: (id: number) => id % oneIn === 0 }
    const query = randomVector(random, vector.length)
    expect(index.search(query, search)).toEqual(scanAll(vectors, query, search))
  }
}

function zeros(dimensions: number): Float32Array {
  return new Float32Array(dimensions)
}

function refuse(): never {
  throw new Error('refused by the embedder')
}

function rangeError(message: string): unknown {
  return expect.objectContaining({ name: 'RangeError', code: 'invalid-input', message })
}
