import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchTermIndexes } from '../../../src/knowledge/search/search-term-indexes.ts'
import { createTermIndex, type TermIndex } from '../../../src/knowledge/search/term-index.ts'

const TERMS = ['red', 'tea', 'red tea', '绿茶', '茶壶', 'é', '\ud83c', '\ud83c\udf75', '', 'constructor', '__proto__']
const term = fc.constantFrom(...TERMS)
const terms = fc.array(term, { maxLength: 12 })
const weights = fc.uniqueArray(term, { maxLength: 5 }).map((list) => new Map(list.map((key, at) => [key, 1 - at / 10])))

const change = fc.record({
  index: fc.integer({ min: 0, max: 2 }),
  id: fc.integer({ min: 0, max: 30 }),
  terms: fc.option(terms, { nil: undefined }),
  drops: fc.boolean(),
})

interface Change {
  readonly id: number
  readonly terms: readonly string[] | undefined
  readonly drops: boolean
}

type Texts = Map<number, readonly string[]>

/** Applies the change to the index and to the texts that it should contain. */
function apply(index: TermIndex, texts: Texts, { id, terms: added, drops }: Change): void {
  index.remove(id)
  texts.delete(id)
  // This drops the texts that were removed so far.
  if (drops) index.parts()
  if (!added) return
  index.add(id, added)
  texts.set(id, added)
}

function indexOf(texts: Texts): TermIndex {
  const index = createTermIndex()
  for (const [id, added] of texts) index.add(id, added)
  return index
}

describe('createTermIndex', () => {
  it('finds the same as a new index of what is left, after any adds and removals', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), weights, (changes, query) => {
        const indexes = [createTermIndex(), createTermIndex(), createTermIndex()]
        const texts: Texts[] = [new Map(), new Map(), new Map()]
        for (const { index, ...one } of changes) apply(indexes[index] as TermIndex, texts[index] as Texts, one)
        const fresh = texts.map(indexOf)
        expect(indexes.map(({ size, totalLength }) => [size, totalLength])).toEqual(
          fresh.map(({ size, totalLength }) => [size, totalLength]),
        )
        expect(searchTermIndexes(indexes, { weights: query })).toEqual(searchTermIndexes(fresh, { weights: query }))
        for (const [at, index] of indexes.entries()) {
          for (const one of TERMS) expect(index.frequencyOf(one)).toBe(fresh[at]?.frequencyOf(one))
        }
      }),
    )
  })

  it('drops removed texts, also those of a term that is left without a text', () => {
    const index = createTermIndex()
    for (let id = 0; id < 5000; id++) index.add(id, ['tea', `word ${id}`])
    for (let id = 0; id < 4990; id++) index.remove(id)
    expect(index.slots).toBeLessThan(200)
    expect(index.parts().starts.length - 1).toBe(11)
    expect(index.frequencyOf('tea')).toBe(10)
    expect(searchTermIndexes([index], { weights: new Map([['word 4995', 1]]) })).toMatchObject([{ id: 4995 }])
  })

  it('counts a term that is in a text more than 255 times', () => {
    const few = createTermIndex()
    const many = createTermIndex()
    few.add(1, Array<string>(255).fill('tea'))
    many.add(1, Array<string>(5000).fill('tea'))
    many.add(2, ['pot'])
    many.remove(2)
    many.parts()
    const weight = { weights: new Map([['tea', 1]]) }
    const [a, b] = [searchTermIndexes([few], weight)[0], searchTermIndexes([many], weight)[0]]
    expect(b?.score).toBeGreaterThan(a?.score ?? 1)
  })

  it('finds a term in each of a long list of texts', () => {
    const index = createTermIndex()
    for (let id = 0; id < 5000; id++) index.add(id * 7, id % 3 === 0 ? ['tea', 'tea', 'pot'] : ['tea'])
    expect(index.frequencyOf('tea')).toBe(5000)
    const hits = searchTermIndexes([index], { weights: new Map([['tea', 1]]) })
    expect(new Set(hits.map(({ id }) => id)).size).toBe(5000)
    expect(new Set(hits.map(({ score }) => score)).size).toBe(2)
  })

  it('rejects an id that is not an integer, too large, or in the index', () => {
    const index = createTermIndex()
    index.add(1, ['tea'])
    for (const id of [-1, 0.5, NaN, 2 ** 32])
      expect(() => index.add(id, [])).toThrow(`Cannot add text ${id}: its id must be`)
    expect(() => index.add(1, [])).toThrow('Cannot add text 1: it is in the index; remove it first')
    expect(index.size).toBe(1)
  })
})
