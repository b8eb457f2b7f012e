import { describeValue } from '../../core/options/expect-options.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/** The largest difference of the length from 1. Vectors that were stored as 16-bit numbers have up to 0.0005. */
const LENGTH_TOLERANCE = 1e-3

/**
 * Checks a vector: a `Float32Array` of `dimensions` finite numbers, of length 1 or all zeros.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'`; the message names the position that is wrong
 */
export function expectVector(field: string, vector: Float32Array, dimensions: number): Float32Array {
  if (!(vector instanceof Float32Array)) {
    throw invalidInput(field, `Cannot use ${field}: it must be a Float32Array, and it is ${describeValue(vector)}`)
  }
  if (vector.length !== dimensions) {
    const reason = `it has ${vector.length} dimensions, and the index has ${dimensions}`
    throw invalidInput(field, `Cannot use ${field}: ${reason}`, RangeError)
  }
  let squares = 0
  // An index, because an iterator is several times slower.
  for (let at = 0; at < dimensions; at++) squares += (vector[at] ?? 0) * (vector[at] ?? 0)
  // A sum of squares that is not finite: one of the numbers is not, because the squares of two float32 fit into float64.
  if (!Number.isFinite(squares)) throw notFinite(field, vector)
  if (squares !== 0 && !(Math.abs(Math.sqrt(squares) - 1) <= LENGTH_TOLERANCE)) {
    const length = Math.sqrt(squares).toPrecision(6)
    throw invalidInput(field, `Cannot use ${field} of length ${length}: divide it by its length first`, RangeError)
  }
  return vector
}

function notFinite(field: string, vector: Float32Array): RangeError {
  const position = vector.findIndex((value) => !Number.isFinite(value))
  const message = `Cannot use ${field}: the number at position ${position} is ${vector[position]}`
  return invalidInput(field, message, RangeError)
}
