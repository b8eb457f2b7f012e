import type { PackedQuery } from './packed-query.ts'
import { ROW_HEADER_BYTES } from './vector-row.ts'

/** Packed rows, one after the other. */
export interface RowBlock {
  /** The rows. There may be more than `count`. */
  readonly rows: Uint8Array
  /** Number of rows to scan. */
  readonly count: number
  /** Bytes of one row. */
  readonly rowBytes: number
}

/** Compares a query with packed rows. All implementations compute the same bits: sums of integers, then float32. */
export interface RowScanner {
  /** Returns memory for many rows, which `scan` reads faster than other memory. All bytes are 0. */
  allocate(count: number, rowBytes: number): Uint8Array
  /** Writes an upper bound of the dot product with the query for each row; see {@link PackedQuery}. */
  scan(block: RowBlock, query: PackedQuery, bounds: Float32Array): void
}

/** Scans without WebAssembly. */
export const plainRowScanner: RowScanner = {
  allocate: (count, rowBytes) => new Uint8Array(count * rowBytes),
  scan({ rows, count, rowBytes }, query, bounds) {
    const codes = new Int8Array(rows.buffer, rows.byteOffset, rows.byteLength)
    const headers = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
    const { step, errorFactor, margin } = query
    const dimensions = rowBytes - ROW_HEADER_BYTES
    for (let index = 0; index < count; index++) {
      const start = index * rowBytes
      const sum = sumOf(codes, start + ROW_HEADER_BYTES, query.codes, dimensions)
      const product = Math.fround(Math.fround(headers.getFloat32(start, true) * step) * Math.fround(sum))
      const error = Math.fround(Math.fround(headers.getFloat32(start + 4, true) * errorFactor) + margin)
      bounds[index] = product + error
    }
  },
}

function sumOf(codes: Int8Array, start: number, query: Int16Array, dimensions: number): number {
  // Two sums, so that an addition need not wait for the one before.
  let even = 0
  let odd = 0
  const end = dimensions - (dimensions & 1)
  for (let at = 0; at < end; at += 2) {
    even = (even + Math.imul(codes[start + at] ?? 0, query[at] ?? 0)) | 0
    odd = (odd + Math.imul(codes[start + at + 1] ?? 0, query[at + 1] ?? 0)) | 0
  }
  if (end < dimensions) even += Math.imul(codes[start + end] ?? 0, query[end] ?? 0)
  return (even + odd) | 0
}
