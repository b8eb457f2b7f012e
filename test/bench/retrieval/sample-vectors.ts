/** Number of dimensions of every vector: that of many small embedding models. */
export const DIMENSIONS = 384

const CENTRES = 256
// Of a number of a centre, whose standard deviation is 1.
const NOISE = 0.6

/** Makes vectors of length 1 around 256 centres. Equal seeds give equal vectors, in every process. */
export function createSampleVectors(seed: number): () => Float32Array {
  const centreRandom = createGaussian(1)
  const centres = Array.from({ length: CENTRES }, () => Float32Array.from({ length: DIMENSIONS }, centreRandom))
  const gaussian = createGaussian(seed)
  let next = seed
  return () => {
    next = (Math.imul(next, 1_664_525) + 1_013_904_223) >>> 0
    const centre = centres[next >>> 24] ?? new Float32Array(DIMENSIONS)
    const vector = new Float32Array(DIMENSIONS)
    let squares = 0
    for (let at = 0; at < DIMENSIONS; at++) {
      const value = (centre[at] ?? 0) + NOISE * gaussian()
      vector[at] = value
      squares += value * value
    }
    const length = Math.sqrt(squares)
    for (let at = 0; at < DIMENSIONS; at++) vector[at] = (vector[at] ?? 0) / length
    return vector
  }
}

/** The sum of four uniform numbers, scaled: near enough to a normal distribution, and fast. */
function createGaussian(seed: number): () => number {
  let state = (seed * 2_654_435_761) | 1
  const uniform = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 2 ** 31
  }
  return () => (uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3 / 4)
}
