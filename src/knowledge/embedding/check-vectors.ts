import { describeValue } from '../../core/options/expect-options.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'

/**
 * Checks the answer of an embedder, and normalises each vector to length 1. A vector that cannot be used is an error in
 * its place.
 *
 * @throws ChatError `upstream-bad-response` when the answer cannot be assigned to the texts
 */
export function checkVectors(answer: unknown, texts: number): readonly (Float32Array | ChatError)[] {
  if (!Array.isArray(answer)) throw bad(`The embedder returned ${describeValue(answer)} instead of a list of vectors`)
  if (answer.length !== texts) throw bad(`The embedder returned ${answer.length} vectors for ${texts} texts`)
  // Not `answer.map`, which skips holes.
  return Array.from(answer, (vector: unknown) => checkVector(vector))
}

function checkVector(vector: unknown): Float32Array | ChatError {
  if (!(vector instanceof Float32Array))
    return bad(`The embedder returned ${describeValue(vector)} instead of a Float32Array`)
  if (vector.length === 0) return bad('The embedder returned a vector without numbers')
  let squares = 0
  for (const [index, value] of vector.entries()) {
    if (!Number.isFinite(value)) return bad(`The embedder returned a vector with ${value} at position ${index}`)
    squares += value * value
  }
  const length = Math.sqrt(squares)
  // The zero vector has no direction, so it is as far from every query as possible.
  return length === 0 ? new Float32Array(vector.length) : Float32Array.from(vector, (value) => value / length)
}

function bad(message: string): ChatError {
  return new ChatError(message, { code: 'upstream-bad-response' })
}
