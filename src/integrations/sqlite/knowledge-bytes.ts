/** A place in bytes. */
export interface ByteCursor {
  /** The bytes. */
  readonly data: Uint8Array
  /** The next byte. */
  at: number
}

/** Maximum number of bytes of an integer. */
export const MAX_VARINT_BYTES = 8

/** Writes an integer from 0 in groups of 7 bits, the lowest first, and moves the cursor past it. */
export function writeVarint(cursor: ByteCursor, value: number): void {
  const { data } = cursor
  let rest = value
  while (rest >= 0x80) {
    data[cursor.at++] = (rest % 0x80) | 0x80
    // Division, because a shift has only 32 bits.
    rest = Math.floor(rest / 0x80)
  }
  data[cursor.at++] = rest
}

/** Reads an integer as {@link writeVarint} writes it, and moves the cursor past it. */
export function readVarint(cursor: ByteCursor): number {
  const { data } = cursor
  let byte = data[cursor.at++] ?? 0
  if (byte < 0x80) return byte
  let value = byte & 0x7f
  for (let factor = 0x80; byte >= 0x80 && cursor.at < data.length; factor *= 0x80) {
    byte = data[cursor.at++] ?? 0
    value += (byte & 0x7f) * factor
  }
  return value
}

/** Writes integers from 0. */
export function encodeIntegers(integers: readonly number[]): Uint8Array {
  const cursor = { data: new Uint8Array(integers.length * MAX_VARINT_BYTES), at: 0 }
  for (const integer of integers) writeVarint(cursor, integer)
  return cursor.data.slice(0, cursor.at)
}

/** Reads all integers that {@link encodeIntegers} has written. */
export function decodeIntegers(data: Uint8Array): readonly number[] {
  const integers: number[] = []
  const cursor = { data, at: 0 }
  while (cursor.at < data.length) integers.push(readVarint(cursor))
  return integers
}

/** Returns all bytes in one array. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
