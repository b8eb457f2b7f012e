import { deepEqual, equal } from 'node:assert/strict'
import { build, vectorOf } from './build.ts'
import { expectHits, placesOf, type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'
import { scanTerms, scanVectors } from './reference.ts'

// Texts of different lengths with frequent, rare and repeated words.
const DOCUMENTS = Array.from({ length: 60 }, (_, index) =>
  build(
    `d${index}`,
    Array.from({ length: 1 + (index % 4) }, (_, part) => {
      const filler = Array.from({ length: (index * 7 + part * 3) % 30 }, (_, word) => `f${word * (part + 1)}`)
      const repeats = 'apple '.repeat(index % 5)
      return `${repeats}w${index % 6} p${part} ${filler.join(' ')} ${index % 20 === 0 ? 'rare' : 'usual'}`
    }),
  ),
)

const QUERIES: readonly Readonly<Record<string, number>>[] = [
  { apple: 1 },
  { rare: 1 },
  { apple: 1, w3: 1, usual: 1, f6: 1 },
  { apple: 0.3, rare: 1, p1: 0.05 },
  { apple: 1, unknown: 1 },
  { unknown: 1 },
  { usual: 1, rare: 1, apple: 1, w0: 1, w1: 1, w2: 1, f1: 0.3, f2: 0.3, f3: 0.3 },
]

/** Declares checks of scores and of the order of hits. */
export function declareScoring(check: KnowledgeStoreCheck): void {
  check('scores terms by the formula of createScorer', async ({ put, findTerms }) => {
    await put(...DOCUMENTS)
    await expectQueries(findTerms, DOCUMENTS)
  })

  check('scores as if replaced and removed documents had never been there', async ({ put, remove, findTerms }) => {
    const [first, ...rest] = DOCUMENTS
    await put(...DOCUMENTS, build('gone', ['apple rare usual', 'rare']))
    await put(...rest.slice(0, 9).map(({ documentId }) => build(documentId, ['apple apple rare', 'rare w3 usual'])))
    await put(...rest.slice(0, 9))
    await remove('gone', first?.documentId ?? '')
    await expectQueries(findTerms, rest)
  })

  check('scores vectors by their cosine', async ({ hasVectors, put, findVectors }) => {
    if (!hasVectors) return
    await put(...DOCUMENTS)
    for (const query of ['a', 'b', 'c']) {
      const scan = scanVectors(DOCUMENTS, { scopes: ['ann'], vector: vectorOf(query) })
      expectHits(await findVectors(query, { topK: 20 }), scan, { topK: 20, of: `a search by the vector of ${query}` })
    }
    const text = DOCUMENTS[5]?.chunks[0]?.text ?? ''
    const [same] = await findVectors(text)
    deepEqual([same?.chunk.text, same?.score.toFixed(5)], [text, '1.00000'])
  })

  check('orders equal scores by scope, id and position', async ({ hasVectors, put, findTerms, findVectors }) => {
    const places = ['😀', '\uE000', 'b', 'B', 'a', 'aa', '10', '9'].flatMap((documentId) =>
      ['bob', '', 'ann', 'Ann'].map((scope) => build(documentId, ['same text', 'same text'], { scope })),
    )
    await put(...places.slice(0, 9), build('other', 'different'))
    await put(...places.slice(9))
    const scopes = ['ann', 'Ann', '', 'bob']
    const scan = scanTerms(places, { scopes, terms: new Map([['same', 1]]) })
    const expected = scan.map(({ document, position }) => [document.scope, document.documentId, position])
    for (const topK of [3, 10, 17, 64]) {
      const found = await findTerms('same', { scopes, topK })
      deepEqual(
        found.map(({ document, position }) => [document.scope, document.documentId, position]),
        expected.slice(0, topK),
      )
      if (!hasVectors) continue
      const near = await findVectors('same text', { scopes, topK })
      deepEqual(
        near.map(({ document, position }) => [document.scope, document.documentId, position]),
        expected.slice(0, topK),
      )
    }
  })

  check('returns the beginning of the same ranking for every topK', async ({ put, findTerms, findVectors }) => {
    await put(...DOCUMENTS)
    const all = placesOf(await findTerms('apple rare usual', { topK: 500 }))
    equal(all.length, DOCUMENTS.flatMap(({ chunks }) => chunks).length)
    const near = placesOf(await findVectors('a', { topK: 500 }))
    for (const topK of [1, 2, 9, 50]) {
      deepEqual(placesOf(await findTerms('apple rare usual', { topK })), all.slice(0, topK))
      deepEqual(placesOf(await findVectors('a', { topK })), near.slice(0, topK))
    }
  })

  check('finds nothing without terms', async ({ put, findTerms }) => {
    await put(build('a', 'one'), build('wordless', '   '))
    deepEqual(await findTerms(new Map()), [])
    deepEqual(placesOf(await findTerms('one')), ['a#0'])
  })
}

async function expectQueries(find: KnowledgeStoreCalls['findTerms'], documents: typeof DOCUMENTS): Promise<void> {
  for (const query of QUERIES) {
    const terms = new Map(Object.entries(query))
    const scan = scanTerms(documents, { scopes: ['ann'], terms })
    for (const topK of [5, 200]) {
      expectHits(await find(terms, { topK }), scan, { topK, of: `a search for ${[...terms.keys()].join(' ')}` })
    }
  }
}
