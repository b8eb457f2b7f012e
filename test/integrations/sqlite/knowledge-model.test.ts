import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type {
  ChunkHit,
  IndexChange,
  IndexedDocument,
  KnowledgeStore,
} from '../../../src/knowledge/store/knowledge-store.ts'
import { memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'
import { sqliteKnowledgeStore } from '../../../src/sqlite.ts'

const { signal } = new AbortController()
const SCOPES = ['', 'ann', 'b"o\'b', '猫']
const TERMS = [
  'cat',
  'cat ',
  'cat dog',
  'ca',
  '"',
  "'",
  'a*b',
  '猫',
  '猫咪',
  '😀',
  '\uFFFD',
  '\u{10FFFF}',
  '%',
  '-',
  '{',
  ':',
]

const databases = new Set<DatabaseSync>()
afterEach(() => {
  for (const database of databases) database.close()
  databases.clear()
})

function newDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  databases.add(database)
  return database
}

// Few directions, so that equal scores are frequent.
const vectors = fc.constantFrom([1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.8, 0], [0, 0.6, 0.8])
const chunks = fc.array(fc.record({ terms: fc.array(fc.constantFrom(...TERMS), { maxLength: 8 }), vector: vectors }), {
  maxLength: 5,
})
const documents = fc.record({
  scope: fc.constantFrom(...SCOPES),
  documentId: fc.integer({ min: 0, max: 6 }).map((n) => `d${n}`),
  group: fc.constantFrom(1, '1', true, null, 'x.y', ['a', 'b']),
  chunks,
})
const keys = fc.record({
  scope: fc.constantFrom(...SCOPES),
  documentId: fc.integer({ min: 0, max: 6 }).map((n) => `d${n}`),
})
const changes = fc.record({
  documents: fc.uniqueArray(documents, { maxLength: 4, selector: keyOf }),
  removals: fc.uniqueArray(keys, { maxLength: 3, selector: keyOf }),
  clear: fc.integer({ min: 0, max: 20 }).map((n) => n === 0),
})
type Change = typeof changes extends fc.Arbitrary<infer T> ? T : never

function keyOf({ scope, documentId }: { readonly scope: string; readonly documentId: string }): string {
  return JSON.stringify([scope, documentId])
}

let count = 0

function toChange({ documents, removals, clear }: Change): IndexChange {
  const named = new Set(documents.map(keyOf))
  return {
    clear,
    embedding: { embedderId: 'e', dimensions: 3 },
    removals: removals.filter((key) => !named.has(keyOf(key))),
    documents: documents.map(({ scope, documentId, group, chunks }): IndexedDocument => {
      count += 1
      return {
        scope,
        documentId,
        hash: `h${count}`,
        metadata: { group },
        chunks: chunks.map(({ terms, vector }, position) => ({
          chunkId: `c${position}`,
          text: terms.join('|'),
          start: position,
          end: position + 1,
          terms,
          vector: Float32Array.from(vector),
        })),
      }
    }),
  }
}

function comparable(hits: readonly ChunkHit[]) {
  return hits.map(({ score, ...hit }) => ({ ...hit, score: Number(score.toFixed(6)) }))
}

async function answers(store: KnowledgeStore) {
  const lists = []
  for (const scopes of [['', 'ann'], ['b"o\'b'], SCOPES, ['none']]) {
    for (const filter of [undefined, { group: '1' }, { group: { $in: ['a', true] } }]) {
      for (const topK of [1, 3, 100]) {
        const terms = new Map([
          ['cat', 1],
          ['猫', 0.3],
          ['😀', 1],
          ['unknown', 1],
          ['\ud83d', 1],
        ])
        lists.push(comparable(await store.searchTerms({ scopes, filter, topK, terms }, { signal })))
        const vector = Float32Array.from([0.6, 0.8, 0])
        lists.push(comparable(await store.searchVectors({ scopes, filter, topK, vector }, { signal })))
      }
    }
  }
  const { documents, chunks, embedding } = await store.state({ signal })
  const manifest = await Promise.all(SCOPES.map((scope) => store.manifest({ scope, limit: 100 }, { signal })))
  return { lists, documents, chunks, embedding, manifest, inspected: await store.inspect({ signal }) }
}

describe('sqliteKnowledgeStore', () => {
  it('answers like the store in memory after any changes, and finds its parts consistent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 14 }), async (list) => {
        const database = newDatabase()
        const store = sqliteKnowledgeStore({ database })
        const memory = memoryKnowledgeStore()
        for (const change of list.map(toChange)) {
          await memory.commit(change, { signal })
          await store.commit(change, { signal })
          expect(await answers(store)).toEqual(await answers(memory))
        }
        // Another connection has nothing in memory.
        expect(await answers(sqliteKnowledgeStore({ database }))).toEqual(await answers(memory))
      }),
      { numRuns: 60 },
    )
  })
})
