import { deepEqual, ok } from 'node:assert/strict'
import type { IndexChange, IndexedChunk, IndexedDocument } from '../../../knowledge/store/knowledge-store.ts'
import { adding, build, SPACE } from './build.ts'
import { refuses, type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'

/** Declares checks that a change is applied as a whole or not at all. */
export function declareRefusing(check: KnowledgeStoreCheck): void {
  check('applies nothing of a change with a wrong document', async (calls) => {
    const { hasVectors, put } = calls
    const good = plainDocument('c', hasVectors)
    await put(build('a', ['one', 'two']), build('b', 'three', { version: 'v1' }))
    const before = await everythingOf(calls)
    for (const [what, bad] of Object.entries(wrongDocuments(hasVectors))) {
      const change = {
        documents: [good, ...bad],
        ...(hasVectors && { embedding: SPACE }),
        removals: [{ scope: 'ann', documentId: 'a' }],
        versions: [{ scope: 'ann', documentId: 'b', hash: 'hash of b', version: 'v2' }],
      }
      await refuses(calls.commit(change), what)
      deepEqual(await everythingOf(calls), before, `${what} was refused, and a part of its change applied`)
    }
  })

  check('empties nothing if the change is refused', async (calls) => {
    await calls.put(build('a', 'one'))
    const before = await everythingOf(calls)
    const twice = adding([build('b', 'two'), build('b', 'three')], calls.hasVectors)
    await refuses(calls.commit({ ...twice, clear: true }), 'a document that occurs twice')
    deepEqual(await everythingOf(calls), before)
  })

  check('refuses vectors of another space with a RangeError', async (calls) => {
    const { hasVectors, put, commit, findVectors } = calls
    if (!hasVectors) return
    await put(build('a', 'one'))
    const before = await everythingOf(calls)
    const changes: Readonly<Record<string, IndexChange>> = {
      'another embedder': { ...adding([build('b', 'two')], true), embedding: { ...SPACE, embedderId: 'other' } },
      'another length': { documents: [withVector('b', Float32Array.of(1))], embedding: { ...SPACE, dimensions: 1 } },
      'no vectors': adding([build('b', 'two')], false),
    }
    for (const [what, change] of Object.entries(changes)) {
      ok((await refuses(commit(change), what)) instanceof RangeError, `${what} was refused without a RangeError`)
    }
    deepEqual(await everythingOf(calls), before)
    ok((await refuses(findVectors(Float32Array.of(1)), 'a search by a short vector')) instanceof RangeError)
  })
}

/** Returns what a caller can see of an index. */
async function everythingOf(calls: KnowledgeStoreCalls): Promise<unknown> {
  return [
    await calls.state(),
    await calls.manifest(),
    await calls.document('a'),
    await calls.findTerms('one two three'),
    await calls.findVectors('one'),
  ]
}

function wrongDocuments(hasVectors: boolean): Readonly<Record<string, readonly IndexedDocument[]>> {
  const plain = plainDocument('x', hasVectors)
  const [first, second] = plain.chunks
  const withChunk = (change: Partial<IndexedChunk>): readonly IndexedDocument[] =>
    first && second ? [{ ...plain, chunks: [first, { ...second, ...change }] }] : []
  const vectors = {
    'a vector that is too short': withChunk({ vector: Float32Array.of(1) }),
    'a vector with NaN': withChunk({ vector: new Float32Array(SPACE.dimensions).fill(NaN) }),
    'a chunk without a vector': withChunk({ vector: undefined }),
  }
  return {
    'a document that occurs twice': [plain, plain],
    'a chunkId that occurs twice': withChunk({ chunkId: '0' }),
    'an end before the start': withChunk({ start: 9, end: 8 }),
    'a negative offset': withChunk({ start: -1 }),
    'metadata that is no JSON': [{ ...plain, metadata: { date: 1n } }],
    ...(hasVectors ? vectors : { 'a vector without a space': withChunk({ vector: new Float32Array([1]) }) }),
  }
}

function plainDocument(documentId: string, hasVectors: boolean): IndexedDocument {
  const document = build(documentId, ['one', 'two'])
  return adding([document], hasVectors).documents?.[0] ?? document
}

function withVector(documentId: string, vector: Float32Array): IndexedDocument {
  const document = build(documentId, 'two')
  return { ...document, chunks: document.chunks.map((chunk) => ({ ...chunk, vector })) }
}
