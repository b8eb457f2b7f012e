import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SCAN_ROWS_BYTES_FILE, scanRowsBytesFile } from '../../../scripts/scan-rows.ts'
import { dotProduct } from '../../../src/knowledge/search/dot-product.ts'
import { packQuery } from '../../../src/knowledge/search/packed-query.ts'
import { plainRowScanner } from '../../../src/knowledge/search/scan-rows.ts'
import { errorOfRow, packVector, rowBytesOf } from '../../../src/knowledge/search/vector-row.ts'
import { createWasmRowScanner } from '../../../src/knowledge/search/wasm-row-scanner.ts'
import { createRandom, normalized, randomVector } from './vectors.ts'

describe('scan-rows-bytes.ts', () => {
  it('has the bytes of scan-rows.wat', async () => {
    const file = readFileSync(SCAN_ROWS_BYTES_FILE, 'utf8')
    expect(file, 'run `node scripts/scan-rows.ts`').toBe(await scanRowsBytesFile())
  })
})

describe('the row scanners', () => {
  const wasm = createWasmRowScanner()

  it('compute the same bounds, and the exact score is between them', () => {
    expect.assert(wasm)
    fc.assert(
      fc.property(
        fc.record({
          dimensions: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(384, 1_536, 16_384)),
          count: fc.integer({ min: 1, max: 40 }),
          seed: fc.integer(),
          sparse: fc.boolean(),
          own: fc.boolean(),
        }),
        ({ dimensions, count, seed, sparse, own }) => {
          const random = createRandom(seed)
          const next = (): Float32Array => (sparse ? sparseVector : randomVector)(random, dimensions)
          const vectors = Array.from({ length: count }, next)
          const rowBytes = rowBytesOf(dimensions)
          const rows = (own ? wasm : plainRowScanner).allocate(count, rowBytes)
          for (const [at, vector] of vectors.entries()) rows.set(packVector(vector), at * rowBytes)
          const vector = next()
          const query = packQuery(vector)
          const [bounds, plainBounds] = [new Float32Array(count), new Float32Array(count)]
          wasm.scan({ rows, count, rowBytes }, query, bounds)
          plainRowScanner.scan({ rows, count, rowBytes }, query, plainBounds)
          expect(bounds).toEqual(plainBounds)
          for (const [at, bound] of bounds.entries()) {
            const score = dotProduct(vectors[at] ?? vector, vector)
            const width = 2 * (errorOfRow(rows, at * rowBytes) * query.errorFactor + query.margin)
            expect(bound).toBeGreaterThanOrEqual(score)
            expect(bound - width).toBeLessThanOrEqual(score)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('read more rows than the kernel takes at a time', () => {
    expect.assert(wasm)
    const random = createRandom(1)
    for (const [dimensions, count] of [
      [1, 20_001],
      [384, 3_001],
    ] as const) {
      const rowBytes = rowBytesOf(dimensions)
      const query = packQuery(randomVector(random, dimensions))
      const plainRows = plainRowScanner.allocate(count, rowBytes)
      for (let at = 0; at < count; at++) plainRows.set(packVector(randomVector(random, dimensions)), at * rowBytes)
      const ownRows = wasm.allocate(count, rowBytes)
      ownRows.set(plainRows)
      const results = [plainRowScanner, wasm].flatMap((scanner) =>
        [plainRows, ownRows].map((rows) => {
          const bounds = new Float32Array(count)
          scanner.scan({ rows, count, rowBytes }, query, bounds)
          return bounds
        }),
      )
      for (const bounds of results) expect(bounds).toEqual(results[0])
    }
  })
})

function sparseVector(random: () => number, dimensions: number): Float32Array {
  return normalized(new Float32Array(dimensions).map(() => (random() < 0.1 ? (random() - 0.5) ** 9 : 0)))
}
