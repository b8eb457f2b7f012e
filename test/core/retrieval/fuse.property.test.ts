import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuse } from '../../../src/core/retrieval/fuse.ts'

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const list = fc
  .uniqueArray(fc.record({ id: ids, score: fc.double({ min: 0, max: 1, noNaN: true }) }), { selector: ({ id }) => id })
  .map((found) => found.toSorted((a, b) => b.score - a.score))
const findings = fc.array(fc.record({ weight: fc.constantFrom(0.2, 0.3, 1), found: list }), { maxLength: 4 })

function toFindings(lists: readonly { weight: number; found: readonly { id: string; score: number }[] }[]) {
  return lists.map(({ weight, found }) => ({
    weight,
    retrieved: found.map(({ id, score }) => ({ chunk: { chunkId: id, documentId: id, text: id }, score })),
  }))
}

describe('fuse', () => {
  it('B11: gives every chunk once, with the sum of its weighted scores, the best first', () => {
    fc.assert(
      fc.property(findings, (lists) => {
        const sums = new Map<string, number>()
        for (const { weight, found } of lists)
          for (const { id, score } of found) sums.set(id, (sums.get(id) ?? 0) + weight * score)
        const fused = fuse(toFindings(lists))
        expect(fused.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual([...sums.keys()].toSorted())
        for (const { chunk, score } of fused) expect(score).toBeCloseTo(sums.get(chunk.chunkId) ?? -1, 10)
        const scores = fused.map(({ score = 0 }) => score)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      }),
    )
  })

  it('B11: finds the same chunks and scores in any order of the queries', () => {
    fc.assert(
      fc.property(findings, (lists) => {
        const scoresOf = (some: typeof lists) =>
          new Map(fuse(toFindings(some)).map(({ chunk, score = 0 }) => [chunk.chunkId, score]))
        const [forward, backward] = [scoresOf(lists), scoresOf(lists.toReversed())]
        expect([...forward.keys()].toSorted()).toEqual([...backward.keys()].toSorted())
        for (const [id, score] of forward) expect(backward.get(id)).toBeCloseTo(score, 10)
      }),
    )
  })
})
