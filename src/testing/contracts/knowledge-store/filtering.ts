import { equal, ok } from 'node:assert/strict'
import type { MetadataFilter } from '../../../knowledge/store/metadata-filter.ts'
import type { IndexedDocument } from '../../../knowledge/store/knowledge-store.ts'
import { build, vectorOf } from './build.ts'
import { expectHits, refuses, type KnowledgeStoreCheck } from './calls.ts'
import { scanTerms, scanVectors } from './reference.ts'

const DOCUMENTS = Array.from({ length: 400 }, (_, index) =>
  build(`d${index}`, `common word${index % 10} own${index}`, { metadata: metadataOf(index) }),
)

function metadataOf(index: number): Readonly<Record<string, unknown>> {
  return {
    number: index,
    share: index / 3 - 50,
    language: ['en', 'de', 'zh', 'EN'][index % 4],
    isPublic: index % 2 === 0,
    rare: index % 100 === 7,
    tags: [`t${index % 3}`, index % 5, null].slice(0, index % 4),
    mixed: [index, `${index}`, index % 2 === 0, null, [index], { is: index }][index % 6],
    words: ['\uE000', '😀', 'a', 'B', 'é', ''][index % 6],
    'with "quotes", a.dot and $.path[0]': index % 2,
    constructor: index % 3,
    ...(index % 3 === 0 && { sometimes: index % 2 === 0 ? null : 'there' }),
    // A property of its own, as JSON.parse makes it.
    ...(index % 4 === 0 && JSON.parse('{"__proto__": "own"}')),
  }
}

const FILTERS: readonly MetadataFilter[] = [
  {},
  { rare: true },
  { rare: { $eq: true }, number: { $gt: 100 } },
  { language: 'en' },
  { language: { $ne: 'en' } },
  { language: { $in: ['en', 'de'] } },
  { language: { $nin: ['en', 'de'] } },
  { language: { $in: [] } },
  { language: { $nin: [] } },
  { number: 7 },
  { number: '7' },
  { number: { $gte: 10, $lt: 20 } },
  { number: { $gt: 390 } },
  { number: { $lte: 3 } },
  { number: { $gt: '390' } },
  { share: { $lt: -49.5 } },
  { share: { $gte: 0.3333333333333357 } },
  { isPublic: false, number: { $lt: 9 } },
  { isPublic: { $ne: true }, number: { $lt: 9 } },
  { tags: 't1' },
  { tags: { $ne: 't1' } },
  { tags: { $in: ['t2', 4] } },
  { tags: { $nin: ['t2', 4] } },
  { tags: { $gt: 3 } },
  { tags: { $lt: 't1' } },
  { tags: null },
  { tags: { $exists: true } },
  { mixed: { $gt: 200 } },
  { mixed: { $gte: '3' } },
  { mixed: true },
  { mixed: { $exists: false } },
  { words: { $gt: '\uE000' } },
  { words: { $lt: 'a' } },
  { words: { $lte: 'é' } },
  { words: '' },
  { sometimes: null },
  { sometimes: { $eq: null } },
  { sometimes: { $ne: null } },
  { sometimes: { $exists: true } },
  { sometimes: { $exists: false } },
  { sometimes: { $in: [null, 'there'] } },
  { sometimes: { $ne: 'there' } },
  { absent: { $exists: false }, rare: true },
  { absent: 'x' },
  { absent: { $lt: 1 } },
  { 'with "quotes", a.dot and $.path[0]': 1, rare: true },
  { with: { $exists: true } },
  { constructor: 1 },
  { constructor: { $exists: false } },
  { toString: { $exists: true } },
  { hasOwnProperty: null, rare: true },
  JSON.parse('{"__proto__": "own"}'),
  JSON.parse('{"__proto__": {"$exists": false}}'),
  { language: "'; DROP TABLE documents; --" },
  { $documentId: 'd7' },
  { $documentId: { $in: ['d7', 'd9', 'e'] } },
  { $documentId: { $gte: 'd98', $lt: 'd990' } },
  { $documentId: { $ne: 'd7' }, rare: true },
  { $and: [{ number: { $gte: 100 } }, { rare: true }] },
  { $or: [{ number: 1 }, { rare: true }, { language: 'xx' }] },
  { $not: { number: { $gte: 5 } } },
  { $not: { $or: [{ language: 'en' }, { tags: 't1' }] }, number: { $lt: 50 } },
  { $or: [{ $and: [{ language: 'de' }, { $not: { isPublic: true } }] }, { number: 3 }], number: { $lt: 99 } },
  { $not: { sometimes: 'there' }, number: { $lt: 30 } },
  { $not: { tags: { $gt: 1 } } },
]

const WRONG_FILTERS: readonly unknown[] = [
  { language: { $regex: 'e' } },
  { $where: 'true' },
  { $nor: [{ language: 'en' }] },
  { $or: [] },
  { language: {} },
  { language: undefined },
  { language: { $in: 'en' } },
  { number: { $gt: null } },
  'language = 1',
  [],
  new Map([['language', 'en']]),
  () => true,
]

/** Declares checks of filters, each against a scan of all documents. */
export function declareFiltering(check: KnowledgeStoreCheck): void {
  check('finds by terms what a scan finds, with each operator of a filter', async ({ put, findTerms }) => {
    await put(...DOCUMENTS)
    const terms = new Map(Object.entries({ common: 1, word3: 1, own7: 1 }))
    for (const filter of FILTERS) {
      const scan = scanTerms(DOCUMENTS, { scopes: ['ann'], terms, filter })
      expectHits(await findTerms(terms, { filter }), scan, { topK: 10, of: JSON.stringify(filter) })
    }
  })

  check('finds by vectors what a scan finds, with each operator of a filter', async (calls) => {
    if (!calls.hasVectors) return
    await calls.put(...DOCUMENTS)
    const vector = vectorOf('a query')
    for (const filter of FILTERS) {
      const scan = scanVectors(DOCUMENTS, { scopes: ['ann'], vector, filter })
      expectHits(await calls.findVectors(vector, { filter }), scan, { topK: 10, of: JSON.stringify(filter) })
    }
  })

  check('finds all that a filter of 1 % allows', async ({ hasVectors, put, findTerms, findVectors }) => {
    await put(...DOCUMENTS)
    const allowed = DOCUMENTS.filter(isRare).length
    equal((await findTerms('common', { filter: { rare: true } })).length, allowed)
    if (hasVectors) equal((await findVectors('a query', { filter: { rare: true } })).length, allowed)
  })

  check('computes scores over all chunks of the scopes, not only over those that a filter allows', async (calls) => {
    await calls.put(...DOCUMENTS.slice(0, 20))
    const all = await calls.findTerms('common word3', { topK: 20 })
    const some = await calls.findTerms('common word3', { filter: { number: { $lt: 4 } } })
    ok(some.length === 4, `the filter allows 4 documents, and ${some.length} were found`)
    for (const { document, score } of some) {
      equal(score, all.find((hit) => hit.document.documentId === document.documentId)?.score)
    }
  })

  check('refuses filters that it does not know', async ({ put, store }) => {
    await put(build('a', 'one', { metadata: { language: 'en', number: 1 } }))
    const call = { signal: new AbortController().signal }
    for (const wrong of WRONG_FILTERS) {
      const search = { scopes: ['ann'], topK: 3, filter: wrong as MetadataFilter }
      await refuses(store.searchTerms({ ...search, terms: new Map([['one', 1]]) }, call), `the filter ${String(wrong)}`)
      await refuses(store.searchVectors({ ...search, vector: vectorOf('one') }, call), `the filter ${String(wrong)}`)
    }
  })
}

function isRare({ metadata }: IndexedDocument): boolean {
  return metadata?.['rare'] === true
}
