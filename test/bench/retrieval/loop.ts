import type { Contender } from './contenders.ts'
import { DIMENSIONS } from './sample-vectors.ts'

// A constant of this module, because V8 does not inline an imported one.
const LENGTH: typeof DIMENSIONS = 384

/** The plain way: one loop over the numbers of all vectors. */
export function createLoop(): Contender {
  const parts: { readonly firstId: number; readonly numbers: Float32Array }[] = []
  return {
    add(firstId, vectors) {
      const numbers = new Float32Array(vectors.length * DIMENSIONS)
      for (const [at, vector] of vectors.entries()) numbers.set(vector, at * DIMENSIONS)
      parts.push({ firstId, numbers })
    },
    search(query, { topK, oneIn }) {
      const best: { id: number; score: number }[] = []
      let lowest = -Infinity
      for (const { firstId, numbers } of parts) {
        for (let start = 0; start < numbers.length; start += DIMENSIONS) {
          const id = firstId + start / DIMENSIONS
          if (id % oneIn !== 0) continue
          const score = dotAt(numbers, start, query)
          if (score <= lowest) continue
          best.push({ id, score })
          best.sort((a, b) => b.score - a.score || a.id - b.id)
          best.length = Math.min(best.length, topK)
          if (best.length === topK) lowest = best.at(-1)?.score ?? lowest
        }
      }
      return best.map(({ id }) => id)
    },
  }
}

function dotAt(numbers: Float32Array, start: number, query: Float32Array): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  for (let at = 0; at < LENGTH; at += 4) {
    first += (numbers[start + at] ?? 0) * (query[at] ?? 0)
    second += (numbers[start + at + 1] ?? 0) * (query[at + 1] ?? 0)
    third += (numbers[start + at + 2] ?? 0) * (query[at + 2] ?? 0)
    fourth += (numbers[start + at + 3] ?? 0) * (query[at + 3] ?? 0)
  }
  return first + second + third + fourth
}
