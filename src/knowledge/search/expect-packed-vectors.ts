import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { rowBytesOf } from './vector-row.ts'

/** Vectors in the form in which a store saves them. */
export interface PackedVectors {
  /** Ids of the vectors. */
  readonly ids: Float64Array
  /** Their rows as `packVector` makes them, one after the other. */
  readonly rows: Uint8Array
  /** The vectors, one after the other. Not needed by an index with `vectorsOf`. */
  readonly vectors?: Float32Array | undefined
}

/** The index that vectors are loaded into. */
export interface PackedVectorsTarget {
  /** Length of every vector. */
  readonly dimensions: number
  /** True if it needs the vectors, not only their rows. */
  readonly keepsVectors: boolean
}

/**
 * Checks packed vectors: their sizes, ids and headers. The numbers of the vectors are not read.
 *
 * @throws RangeError with `code: 'invalid-input'`
 */
export function expectPackedVectors(packed: PackedVectors, target: PackedVectorsTarget): PackedVectors {
  const { ids, rows, vectors } = packed
  const { dimensions, keepsVectors } = target
  const rowBytes = rowBytesOf(dimensions)
  if (rows.length !== ids.length * rowBytes) {
    throw wrong('rows', `${ids.length} vectors have ${ids.length * rowBytes} bytes, not ${rows.length}`)
  }
  const numbers = vectors?.length ?? 0
  if (keepsVectors && numbers !== ids.length * dimensions) {
    throw wrong('vectors', `${ids.length} vectors have ${ids.length * dimensions} numbers, not ${numbers}`)
  }
  const headers = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
  for (let at = 0; at < ids.length; at++) {
    expectVectorId(ids[at] ?? 0)
    const [scale, error] = [headers.getFloat32(at * rowBytes, true), headers.getFloat32(at * rowBytes + 4, true)]
    // A vector of length 1 has no larger ones. A comparison with NaN is false.
    if (!(scale >= 0 && scale <= 1 && error >= 0 && error <= 2)) {
      throw wrong('rows', `the row at position ${at} has the scale ${scale} and the error ${error}`)
    }
  }
  return packed
}

/** Checks the id of a vector. */
export function expectVectorId(id: number): number {
  if (Number.isSafeInteger(id) && id >= 0) return id
  throw invalidInput('id', `Cannot use the id ${String(id)}: it must be an integer from 0`, RangeError)
}

function wrong(field: string, reason: string): RangeError {
  return invalidInput(field, `Cannot load packed ${field}: ${reason}`, RangeError)
}
