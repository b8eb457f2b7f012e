import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RetrievedChunk } from '../../../src/index.ts'
import { fuseRetrievedChunks } from '../../../src/knowledge.ts'

function found(documentId: string, score: number, chunkId = '1'): RetrievedChunk {
  return { chunk: { chunkId, documentId, text: documentId }, score }
}

const idsOf = (list: readonly RetrievedChunk[]) => list.map(({ chunk }) => chunk.documentId)

describe('fuseRetrievedChunks', () => {
  it('ranks by the positions in all lists, whatever their scores are', () => {
    const words = [found('a', 900), found('b', 800), found('c', 1)]
    const vectors = [found('b', 0.3), found('c', 0.2)]
    expect(idsOf(fuseRetrievedChunks([words, vectors]))).toEqual(['b', 'c', 'a'])
  })

  it('gives 1 to a chunk that is first in all lists', () => {
    expect(fuseRetrievedChunks([[found('a', 5)], [found('a', 0.1)]])).toEqual([found('a', 1)])
  })

  it('tells chunks of different documents with the same chunkId apart', () => {
    expect(fuseRetrievedChunks([[found('a', 1), found('b', 1)]])).toHaveLength(2)
  })

  it('keeps the order of one list, and has every chunk once for any lists', () => {
    const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e')).map((ids) => ids.map((id) => found(id, 0)))
    const property = fc.property(fc.array(list, { maxLength: 4 }), (lists) => {
      const fused = fuseRetrievedChunks(lists)
      expect(idsOf(fused).toSorted()).toEqual([...new Set(lists.flatMap(idsOf))].toSorted())
      const scores = fused.map(({ score = 0 }) => score)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      for (const one of lists) expect(idsOf(fuseRetrievedChunks([one]))).toEqual(idsOf(one))
    })
    fc.assert(property)
  })

  it('rejects one list without its brackets', () => {
    const list = [found('a', 1)] as unknown as readonly RetrievedChunk[][]
    expect(() => fuseRetrievedChunks(list)).toThrow('pass a list with the list of each search')
  })
})
