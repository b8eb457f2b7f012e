import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuseRanks } from '../../../src/knowledge/retrieval/fuse-ranks.ts'
import type { ChunkHit } from '../../../src/knowledge/store/knowledge-store.ts'

function hitsOf(names: readonly string[]): readonly ChunkHit[] {
  return names.map((name) => ({
    document: { scope: '', documentId: name, hash: name },
    chunk: { chunkId: name, text: name, start: 0, end: name.length },
    position: 0,
    score: 1,
  }))
}

function fuse(...lists: readonly (readonly [names: readonly string[], weight: number])[]): readonly ChunkHit[] {
  const ranked = lists.map(([names, weight]) => ({ items: hitsOf(names), weight }))
  return fuseRanks(ranked, ({ chunk }) => chunk.chunkId)
}

const namesOf = (hits: readonly ChunkHit[]): readonly string[] => hits.map(({ document }) => document.documentId)

describe('fuseRanks', () => {
  it('ranks a chunk of both lists before chunks of one list with the same place', () => {
    expect(namesOf(fuse([['a', 'b'], 1], [['c', 'b'], 1]))).toEqual(['b', 'a', 'c'])
  })

  it('gives 1 to a chunk that is first in all lists', () => {
    expect(fuse([['a', 'b'], 1], [['a'], 0.3])[0]?.score).toBeCloseTo(1)
  })

  it('ranks the first chunk of a list before one that is deep in both', () => {
    const deep = (list: string) => [...Array.from({ length: 30 }, (_, at) => `${list} ${at}`), 'deep']
    const names = namesOf(fuse([deep('words'), 1], [deep('vectors'), 1]))
    expect(names.indexOf('deep')).toBeGreaterThan(names.indexOf('vectors 0'))
  })

  const listOfNames = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), {
    minLength: 1,
  })

  it('keeps the first chunk of a list beside one with a weight of a tenth, and finds what only that one has', () => {
    fc.assert(
      fc.property(listOfNames, listOfNames, (strong, weak) => {
        const fused = namesOf(fuse([strong, 1], [weak, 0.1]))
        expect(fused[0]).toBe(strong[0])
        expect(fused.toSorted()).toEqual([...new Set([...strong, ...weak])].toSorted())
      }),
    )
  })

  it('gives the order of one list if the other one has weight 0 or is empty', () => {
    fc.assert(
      fc.property(listOfNames, listOfNames, (names, others) => {
        expect(namesOf(fuse([names, 1], [[], 1]))).toEqual(names)
        expect(namesOf(fuse([names, 1], [others, 0])).slice(0, names.length)).toEqual(names)
      }),
    )
  })
})
