import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChunkHit, IndexChange, IndexedDocument } from '../../../src/knowledge/store/knowledge-store.ts'
import { memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'
import { postgresKnowledgeStore } from '../../../src/postgres.ts'
import { describeEachKnowledgeDatabase, describeEachVectorDatabase } from './knowledge-databases.ts'
import { sampleDocument, sampleVector, SPACE } from './knowledge-samples.ts'

const call = { signal: new AbortController().signal }

const WORDS = [
  'cat',
  'dog',
  'cow',
  'ant',
  '猫',
  'é',
  'long'.repeat(900),
  '"quoted"',
  '{brace}',
  'NULL',
  'back\\slash',
  ',',
]
const SCOPES = ['', 'ann', 'bob']
const IDS = ['1', '2', '10', 'a', 'B', 'é', '😀', '\ue000']

const scope = fc.constantFrom(...SCOPES)
const key = fc.record({ scope, documentId: fc.constantFrom(...IDS) })
const texts = fc.array(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(' ')),
  { maxLength: 5 },
)

function changeOf(hasVectors: boolean): fc.Arbitrary<IndexChange> {
  const document = fc
    .record({ key, texts, number: fc.integer({ min: 0, max: 3 }) })
    .map(({ key: its, texts: own, number }) =>
      sampleDocument(own, { ...its, hash: `${number}`, metadata: { number }, hasVectors }),
    )
  return fc
    .record({
      documents: fc.uniqueArray(document, { maxLength: 6, selector: nameOf }),
      removals: fc.uniqueArray(key, { maxLength: 2, selector: nameOf }),
      clear: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    })
    .map(({ documents, removals, clear }) => {
      const added = new Set(documents.map(nameOf))
      return {
        documents,
        removals: removals.filter((removed) => !added.has(nameOf(removed))),
        clear,
        ...(hasVectors && { embedding: SPACE }),
      }
    })
}

function nameOf(of: { readonly scope: string; readonly documentId: string }): string {
  return JSON.stringify([of.scope, of.documentId])
}

const search = fc.record({
  scopes: fc.uniqueArray(scope, { minLength: 1 }),
  topK: fc.integer({ min: 1, max: 12 }),
  filter: fc.constantFrom(undefined, { number: { $lt: 2 } }, { $documentId: { $gt: '2' } }),
  terms: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...WORDS, 'absent'), fc.constantFrom(0.3, 1)), {
      minLength: 1,
      maxLength: 5,
      selector: ([word]) => word,
    })
    .map((entries) => new Map(entries)),
  like: fc.constantFrom(...WORDS),
})

describeEachKnowledgeDatabase((database) => {
  it('finds by terms, after any changes, what the store in memory finds', async () => {
    const { client } = database()
    const tables = await database().createTables()
    const store = postgresKnowledgeStore({ client, ...tables })
    let found = 0
    await fc.assert(
      fc.asyncProperty(fc.array(changeOf(false), { maxLength: 5 }), fc.array(search), async (changes, searches) => {
        const memory = memoryKnowledgeStore()
        await store.commit({ clear: true }, call)
        for (const change of changes) {
          await memory.commit(change, call)
          await store.commit(change, call)
        }
        for (const { like: _, ...one } of searches) {
          const expected = await memory.searchTerms(one, call)
          expectSameHits(await store.searchTerms(one, call), expected)
          found += expected.length
        }
        expect(await store.inspect(call)).toEqual([])
      }),
      { numRuns: 30 },
    )
    expect(found).toBeGreaterThan(50)
  })

  it('writes a segment of many documents again when some of them are removed', async () => {
    const { client } = database()
    const store = postgresKnowledgeStore({ client, ...(await database().createTables()) })
    const memory = memoryKnowledgeStore()
    const documents = Array.from({ length: 40 }, (_, index) =>
      sampleDocument(manyTexts(index), { documentId: `${index}` }),
    )
    const removed = documents.filter((_, index) => index % 3 === 0)
    const changes: readonly IndexChange[] = [
      { documents },
      { removals: removed, documents: documents.slice(1, 3).map(withFirstChunk) },
      { documents: documents.slice(20, 24) },
    ]
    for (const change of changes) {
      await memory.commit(change, call)
      await store.commit(change, call)
      const terms = new Map([1, 2, 3, 50, 500].map((number) => [`w${number}`, 1]))
      const wanted = { scopes: ['ann'], topK: 1_000, terms }
      expectSameHits(await store.searchTerms(wanted, call), await memory.searchTerms(wanted, call))
      expect(await store.inspect(call)).toEqual([])
    }
  })
})

describeEachVectorDatabase((database) => {
  it('finds by vectors, after any changes, what the store in memory finds', async () => {
    const { client } = database()
    const store = postgresKnowledgeStore({ client, ...(await database().createTables({ vectors: true })) })
    let found = 0
    await fc.assert(
      fc.asyncProperty(fc.array(changeOf(true), { maxLength: 4 }), fc.array(search), async (changes, searches) => {
        const memory = memoryKnowledgeStore()
        await store.commit({ clear: true }, call)
        for (const change of changes) {
          await memory.commit(change, call)
          await store.commit(change, call)
        }
        for (const { like, terms: _, ...one } of searches) {
          const expected = await memory.searchVectors({ ...one, vector: sampleVector(like) }, call)
          expectSameHits(await store.searchVectors({ ...one, vector: sampleVector(like) }, call), expected)
          found += expected.length
        }
        expect(await store.inspect(call)).toEqual([])
      }),
      { numRuns: 30 },
    )
    expect(found).toBeGreaterThan(50)
  })

  it('returns the score of a vector of 1,536 numbers to 1e-6', async () => {
    const { client } = database()
    const store = postgresKnowledgeStore({ client, ...(await database().createTables({ vectors: true })) })
    const vectors = Array.from({ length: 20 }, (_, index) => sampleVector(`text ${index}`, 1_536))
    const chunks = vectors.map((vector, index) => {
      return { chunkId: `${index}`, text: 't', start: 0, end: 1, terms: [], vector }
    })
    const embedding = { embedderId: 'long', dimensions: 1_536 }
    await store.commit({ documents: [{ ...sampleDocument([]), chunks }], embedding }, call)
    const query = sampleVector('query', 1_536)
    const hits = await store.searchVectors({ scopes: ['ann'], topK: 20, vector: query }, call)
    expect(hits).toHaveLength(20)
    for (const { position, score } of hits) {
      const exact = query.reduce((sum, number, at) => sum + number * (vectors[position]?.[at] ?? 0), 0)
      expect(Math.abs(score - exact)).toBeLessThan(1e-6)
    }
  })
})

function expectSameHits(hits: readonly ChunkHit[], expected: readonly ChunkHit[]): void {
  expect(hits.map(placeOf)).toEqual(expected.map(placeOf))
  for (const [index, { score }] of hits.entries()) expect(score).toBeCloseTo(expected[index]?.score ?? NaN, 6)
}

function placeOf({ document, chunk, position }: ChunkHit) {
  return [document.scope, document.documentId, document.hash, chunk.chunkId, position]
}

function manyTexts(index: number): readonly string[] {
  return Array.from({ length: 6 }, (_, chunk) =>
    Array.from({ length: 200 }, (_, word) => `w${(word * (index + 3) + chunk * 7) % 997}`).join(' '),
  )
}

function withFirstChunk(document: IndexedDocument): IndexedDocument {
  return { ...document, chunks: document.chunks.slice(0, 1) }
}
