import { QdrantClient } from '@qdrant/js-client-rest'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../examples/qdrant/index.ts'
import { createQdrantIndex } from '../../examples/qdrant/qdrant-index.ts'
import { qdrantRetriever } from '../../examples/qdrant/qdrant-retriever.ts'
import { toQdrantFilter } from '../../examples/qdrant/to-qdrant-filter.ts'
import { expectFilter, hashedNgramEmbedder, matchesFilter } from '../../src/knowledge.ts'
import { testCluster, type ClusterUnderTest } from './support/cluster-suite.ts'
import { openFakeQdrant } from './support/fake-qdrant.ts'
import { filterArbitrary, metadataArbitrary } from './support/filters.ts'
import { matchesQdrantFilter } from './support/qdrant-filter.ts'

const embedder = hashedNgramEmbedder({ dimensions: 64 })

async function openQdrant(): Promise<ClusterUnderTest> {
  const cluster = await openFakeQdrant()
  const client = new QdrantClient({ url: cluster.url, timeout: Infinity, checkCompatibility: false })
  const shared = { client, collection: 'docs', embedder }
  const index = createQdrantIndex({ ...shared, fields: { year: 'float', 'a.b': 'keyword' } })
  await index.create({ signal: new AbortController().signal })
  const texts = () =>
    [...(cluster.collections.get('docs')?.points.values() ?? [])].map(({ payload }) => {
      const { text } = payload['chunk'] as { readonly text: string }
      return text
    })
  return { cluster, index, retriever: qdrantRetriever(shared), texts }
}

testCluster({
  name: 'qdrantRetriever',
  open: openQdrant,
  searchRoute: 'POST /collections/docs/points/query',
  writeRoute: 'PUT /collections/docs/points',
  removeRoute: 'POST /collections/docs/points/delete',
})

describe('createQdrantIndex', () => {
  it('creates the collection once, with an index of the tenants', async () => {
    await using cluster = await openFakeQdrant()
    const client = new QdrantClient({ url: cluster.url, checkCompatibility: false })
    const index = createQdrantIndex({ client, collection: 'docs', embedder, fields: { 'a.b': 'keyword' } })
    const { signal } = new AbortController()
    await index.create({ signal })
    await index.create({ signal })
    const { size, indexes } = cluster.collections.get('docs') ?? {}
    expect(size).toBe(64)
    expect(indexes?.get('scope')).toEqual({ type: 'keyword', is_tenant: true })
    expect(indexes?.get('chunk.metadata."a.b"')).toBe('keyword')
  })
})

describe('toQdrantFilter', () => {
  it('allows the same documents as matchesFilter', () => {
    const documentId = fc.constantFrom('d1', 'd2')
    const property = fc.property(filterArbitrary, metadataArbitrary, documentId, (given, metadata, id) => {
      const filter = expectFilter(given) ?? {}
      const payload = { documentId: id, chunk: { metadata } }
      expect(matchesQdrantFilter(payload, toQdrantFilter(filter))).toBe(
        matchesFilter({ documentId: id, metadata }, filter),
      )
    })
    fc.assert(property, { numRuns: 500 })
  })

  it.each([{ lang: { $gt: 'a' } }, { 'a"b': 1 }, { '': 1 }])('rejects %j, which Qdrant cannot express', (filter) => {
    expect(() => toQdrantFilter(filter)).toThrow(TypeError)
  })
})

describe('the example with Qdrant', () => {
  it('answers from the collection, and follows a change', async () => {
    await using cluster = await openFakeQdrant()
    const log = vi.spyOn(console, 'log').mockReturnValue()
    await main(cluster.url)
    expect(log).toHaveBeenCalledTimes(2)
    log.mockRestore()
  })
})
