import type { FaultBehaviour } from './behaviour.ts'
import { status } from './http-faults.ts'
import { bodyField, modelOf } from './request-body.ts'

/**
 * Vectors for `/v1/embeddings`, the same for the same text: the words of the text are hashed into `dimensions` counts
 * and normalised to length 1, so that texts with common words are near each other. They are sent as numbers, or in
 * base64 if the request asks for it.
 *
 * @defaultValue `dimensions` is 32
 */
export function embeddings(options: { readonly dimensions?: number } = {}): FaultBehaviour {
  const { dimensions = 32 } = options
  return (exchange) => {
    const { hit } = exchange
    const input = bodyField(hit, 'input')
    const texts = (Array.isArray(input) ? input : [input]).map(String)
    const base64 = bodyField(hit, 'encoding_format') === 'base64'
    const data = texts.map((text, index) => {
      const vector = embed(text, dimensions)
      const embedding = base64 ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector)
      return { object: 'embedding', index, embedding }
    })
    const usage = { prompt_tokens: texts.length, total_tokens: texts.length }
    return status(200, { body: { object: 'list', model: modelOf(hit), data, usage } })(exchange)
  }
}

function embed(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const place = hash(word) % dimensions
    vector[place] = (vector[place] ?? 0) + 1
  }
  const length = Math.hypot(...vector)
  return length > 0 ? vector.map((value) => value / length) : vector
}

/** FNV-1a, 32 bits (draft-eastlake-fnv). */
function hash(word: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(word)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return value
}
