/** The largest vectors that an index takes. Sums of products of larger ones would not fit into 32 bits. */
export const MAX_DIMENSIONS = 16_384

/** The kernel reads 16 codes at a time. */
const CODES_AT_A_TIME = 16

const MAX_INT16 = 32_767
const MAX_INT32 = 2_147_483_647

/** An upper limit for the length of an indexed vector. */
const MAX_VECTOR_LENGTH = 1.001

/** More than the rounding errors of float32 in a bound, which stay below 0.000002 because no length is above 1.001. */
const ROUNDING = 4e-6

/** A query as 16-bit numbers, and the limits of the error that follow from it. */
export interface PackedQuery {
  /** The numbers: query ≈ step × codes. Zeros fill it up to a multiple of 16. */
  readonly codes: Int16Array
  /** The factor of the codes; a float32. */
  readonly step: number
  /** Factor for the error of a row; a float32. */
  readonly errorFactor: number
  /** Added to the bound of each row; a float32. */
  readonly margin: number
}

/**
 * Packs a query, so that the dot product with a row is a sum of integers.
 *
 * A vector is v = s·c + e, with the scale s, the codes c and the error e of its row. A query is q = t·d + f, with the step
 * t, the codes d and the error f. By the inequality of Cauchy and Schwarz:
 *
 *     v·q = s·t·(c·d) + (s·c)·f + e·q
 *     |v·q − s·t·(c·d)| ≤ |s·c|·|f| + |e|·|q| ≤ (1.001 + |e|)·|f| + |e|·|q| = |e|·(|q| + |f|) + 1.001·|f|
 *
 * So `errorFactor` is |q| + |f|, `margin` is 1.001·|f| and the rounding, and v·q is between
 * s·t·(c·d) ± (|e|·errorFactor + margin).
 */
export function packQuery(query: Float32Array): PackedQuery {
  let highest = 0
  for (const value of query) highest = Math.max(highest, Math.abs(value))
  const maxCode = Math.min(MAX_INT16, Math.floor(MAX_INT32 / (128 * query.length)))
  const step = Math.fround(highest / maxCode)
  const codes = new Int16Array(Math.ceil(query.length / CODES_AT_A_TIME) * CODES_AT_A_TIME)
  let [squares, errors] = [0, 0]
  for (const [at, value] of query.entries()) {
    const code = step === 0 ? 0 : Math.max(-maxCode, Math.min(maxCode, Math.round(value / step)))
    codes[at] = code
    squares += value * value
    errors += (value - step * code) ** 2
  }
  const error = Math.sqrt(errors)
  return {
    codes,
    step,
    errorFactor: Math.fround(Math.sqrt(squares) + error),
    margin: Math.fround(MAX_VECTOR_LENGTH * error + ROUNDING),
  }
}
