import fc from 'fast-check'
import MiniSearch from 'minisearch'
import { describe, expect, it } from 'vitest'
import { OTHER_TEXTS } from '../../../src/knowledge/search/bm25.ts'
import { searchTermIndexes } from '../../../src/knowledge/search/search-term-indexes.ts'
import { createTermIndex } from '../../../src/knowledge/search/term-index.ts'
import { rarity } from '../../../src/knowledge/search/rarity.ts'

const term = fc.constantFrom('red', 'green', 'tea', 'pot', 'cup', 'red tea', '绿茶', '图书馆')
const texts = fc.array(fc.array(term, { maxLength: 12 }), { minLength: 1, maxLength: 30 })
const weights = fc
  .uniqueArray(fc.tuple(term, fc.constantFrom(0.3, 1)), { selector: ([key]) => key, minLength: 1, maxLength: 6 })
  .map((pairs) => new Map(pairs))

function indexOf(list: readonly (readonly string[])[], from = 0) {
  const index = createTermIndex()
  for (const [at, terms] of list.entries()) index.add(from + at, terms)
  return index
}

/** Searches with minisearch, whose scores are divided by the highest one for the query with two more words. */
function searchMinisearch(
  list: readonly (readonly string[])[],
  query: ReadonlyMap<string, number>,
): Map<number, number> {
  const index = new MiniSearch<{ readonly id: number; readonly text: string }>({
    fields: ['text'],
    processTerm: (one) => one,
    tokenize: (text) => text.split('|').filter(Boolean),
  })
  index.addAll(list.map((terms, id) => ({ id, text: terms.join('|') })))
  const unlimitedOf = (one: string) =>
    rarity(list.filter((terms) => terms.includes(one)).length, list.length + OTHER_TEXTS)
  const rarest = Math.max(0, ...Array.from(query, ([one, weight]) => (weight < 1 ? 0 : unlimitedOf(one)))) || Infinity
  const rarityOf = (one: string) => Math.min(unlimitedOf(one), (query.get(one) ?? 1) < 1 ? rarest : Infinity)
  let sum = 0
  let highest = 0
  for (const [one, weight] of query) {
    sum += weight
    highest += weight * rarityOf(one) * 2.7
  }
  const hits = index.search('any', {
    tokenize: () => [...query.keys()],
    // minisearch knows of no other texts, and has neither a least rarity, nor a highest one for a lower weight.
    boostTerm: (one) => {
      const frequency = list.filter((terms) => terms.includes(one)).length
      const unlimited = Math.log(1 + (list.length - frequency + 0.5) / (frequency + 0.5))
      return ((query.get(one) ?? 1) * rarityOf(one)) / unlimited
    },
    bm25: { k: 1.2, b: 0.7, d: 0.5 },
  })
  // minisearch multiplies a score by the number of matched terms.
  return new Map(
    hits.map(({ id, score, queryTerms }) => [Number(id), ((score / queryTerms.length) * sum) / highest / (sum + 2)]),
  )
}

describe('searchTermIndexes', () => {
  it('gives the scores of minisearch, except for the limits of the rarity', () => {
    fc.assert(
      fc.property(texts, weights, (list, query) => {
        const expected = searchMinisearch(list, query)
        const hits = searchTermIndexes([indexOf(list)], { weights: query })
        expect(new Set(hits.map(({ id }) => id))).toEqual(new Set(expected.keys()))
        for (const { id, score } of hits) expect(score).toBeCloseTo(expected.get(id) ?? NaN, 12)
      }),
    )
  })

  it('gives the same scores for one index and for the same texts in several', () => {
    fc.assert(
      fc.property(texts, fc.nat(30), fc.nat(30), weights, (list, a, b, query) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)]
        const parts = [list.slice(0, first), list.slice(first, second), list.slice(second)]
        const from = [0, first, second]
        const indexes = parts.map((part, at) => indexOf(part, from[at]))
        const whole = searchTermIndexes([indexOf(list)], { weights: query })
        const several = searchTermIndexes(indexes, { weights: query })
        expect(several.map(({ id, score }) => ({ id, score }))).toEqual(whole.map(({ id, score }) => ({ id, score })))
        for (const { index, id } of several) expect(id >= (from[index] ?? 0)).toBe(true)
      }),
    )
  })

  it('returns the first of all allowed hits, whatever the limit', () => {
    fc.assert(
      fc.property(texts, weights, fc.integer({ min: 1, max: 35 }), fc.boolean(), (list, query, topK, isReversed) => {
        const indexes = [indexOf(list.slice(10)), indexOf(list.slice(0, 10))]
        const allows = (index: number, id: number) => (index + id) % 3 !== 0
        const order = isReversed ? (a: { id: number }, b: { id: number }) => b.id - a.id : undefined
        const all = searchTermIndexes(indexes, { weights: query, order }).filter(({ index, id }) => allows(index, id))
        const hits = searchTermIndexes(indexes, { weights: query, order, topK, allows })
        expect(hits.map(({ score }) => score)).toEqual(all.slice(0, topK).map(({ score }) => score))
        if (!isReversed) expect(hits).toEqual(all.slice(0, topK))
      }),
    )
  })

  it('orders equal scores by index and id, or by the given order', () => {
    const indexes = [indexOf([['tea'], ['tea']]), indexOf([['tea'], ['tea']])]
    const query = new Map([['tea', 1]])
    const found = (hits: readonly { index: number; id: number }[]) => hits.map(({ index, id }) => `${index}:${id}`)
    expect(found(searchTermIndexes(indexes, { weights: query, topK: 3 }))).toEqual(['0:0', '0:1', '1:0'])
    expect(
      found(searchTermIndexes(indexes, { weights: query, topK: 3, order: (a, b) => b.index - a.index || b.id - a.id })),
    ).toEqual(['1:1', '1:0', '0:1'])
  })

  it('finds nothing without an index, without texts, without terms and with a limit of 0', () => {
    const query = new Map([['tea', 1]])
    expect(searchTermIndexes([], { weights: query })).toEqual([])
    expect(searchTermIndexes([createTermIndex()], { weights: query })).toEqual([])
    expect(searchTermIndexes([indexOf([['tea']])], { weights: new Map() })).toEqual([])
    expect(searchTermIndexes([indexOf([['tea']])], { weights: query, topK: 0 })).toEqual([])
  })
})
