/** Bytes in a packed row before the codes: the scale and the error, each a float32 in little-endian order. */
export const ROW_HEADER_BYTES = 8

/** Largest absolute value of a code. */
const MAX_CODE = 127

/** Returns the number of bytes of a packed row. */
export function rowBytesOf(dimensions: number): number {
  return ROW_HEADER_BYTES + dimensions
}

/**
 * Packs a vector into one byte for each number, with a header: vector ≈ scale × codes, and the length of the difference
 * is at most error. A store keeps such rows beside the vectors, so that it opens without computing them again.
 */
export function packVector(vector: Float32Array): Uint8Array {
  let highest = 0
  for (let at = 0; at < vector.length; at++) highest = Math.max(highest, Math.abs(vector[at] ?? 0))
  const scale = Math.fround(highest / MAX_CODE)
  const row = new Uint8Array(rowBytesOf(vector.length))
  const codes = new Int8Array(row.buffer, ROW_HEADER_BYTES)
  let squares = 0
  for (let at = 0; at < vector.length; at++) {
    const value = vector[at] ?? 0
    const code = scale === 0 ? 0 : Math.max(-MAX_CODE, Math.min(MAX_CODE, Math.round(value / scale)))
    codes[at] = code
    const difference = value - scale * code
    squares += difference * difference
  }
  const header = new DataView(row.buffer)
  header.setFloat32(0, scale, true)
  header.setFloat32(4, roundUp(Math.sqrt(squares)), true)
  return row
}

/** Returns the error of the row that begins at the byte `start`. */
export function errorOfRow(rows: Uint8Array, start: number): number {
  return new DataView(rows.buffer, rows.byteOffset + start).getFloat32(4, true)
}

/** Returns a float32 that is not below the value. */
function roundUp(value: number): number {
  return Math.fround(value * (1 + 2 ** -22))
}
