import { Client } from '@opensearch-project/opensearch'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../examples/opensearch/index.ts'
import { createOpenSearchIndex } from '../../examples/opensearch/opensearch-index.ts'
import { openSearchRetriever } from '../../examples/opensearch/opensearch-retriever.ts'
import { fieldName, toOpenSearchFilter } from '../../examples/opensearch/to-opensearch-filter.ts'
import { expectFilter, hashedNgramEmbedder, matchesFilter } from '../../src/knowledge.ts'
import { testCluster, type ClusterUnderTest } from './support/cluster-suite.ts'
import { openFakeOpenSearch } from './support/fake-opensearch.ts'
import { filterArbitrary, metadataArbitrary } from './support/filters.ts'
import { createOpenSearchScorer } from './support/opensearch-query.ts'

const embedder = hashedNgramEmbedder({ dimensions: 64 })
const fields = { lang: 'keyword', year: 'double', 'a.b': 'keyword', draft: 'boolean' } as const
const { signal } = new AbortController()

async function openOpenSearch(): Promise<ClusterUnderTest & { readonly client: Client }> {
  const cluster = await openFakeOpenSearch()
  const client = new Client({ node: cluster.url })
  const shared = { client, index: 'docs', embedder, fields }
  const index = createOpenSearchIndex(shared)
  await index.create({ signal })
  const texts = () =>
    [...(cluster.indexes.get('docs')?.entries.values() ?? [])].map(({ source }) => {
      const { text } = source['chunk'] as { readonly text: string }
      return text
    })
  const close = async () => {
    await client.close()
    await cluster[Symbol.asyncDispose]()
  }
  return {
    cluster: { ...cluster, [Symbol.asyncDispose]: close },
    client,
    index,
    retriever: openSearchRetriever(shared),
    texts,
  }
}

testCluster({
  name: 'openSearchRetriever',
  open: openOpenSearch,
  searchRoute: 'POST /docs/_search',
  writeRoute: 'POST /_bulk',
  removeRoute: 'POST /docs/_delete_by_query',
})

describe('openSearchRetriever', () => {
  it('finds a Chinese phrase by its words', async () => {
    const { cluster, index, client } = await openOpenSearch()
    await using _ = cluster
    await index.put({ documentId: 'zh', content: '绿茶用八十度的水冲泡。' }, { signal })
    await index.put({ documentId: 'en', content: 'Green tea is steeped at eighty degrees.' }, { signal })
    const words = openSearchRetriever({ client, index: 'docs', embedder, minSimilarity: 2 })
    const found = await words.retrieve('绿茶怎么泡', { topK: 5, signal })
    expect(found[0]?.chunk.documentId).toBe('zh')
  })

  it('finds nothing if neither minimum is reached', async () => {
    const { cluster, index, retriever } = await openOpenSearch()
    await using _ = cluster
    await index.put({ documentId: 'tea', content: 'Green tea is steeped at eighty degrees.' }, { signal })
    expect(await retriever.retrieve('quarterly revenue forecast', { topK: 5, signal })).toEqual([])
  })

  it('indexes a document without words, and values of declared types only', async () => {
    const { cluster, index, texts, retriever } = await openOpenSearch()
    await using _ = cluster
    await index.put({ documentId: 'dots', content: '. . .', metadata: { year: '2024', other: {} } }, { signal })
    expect(texts()).toEqual(['. . .'])
    await index.put({ documentId: 'tea', content: 'Green tea.', metadata: { year: [2024, 'x'] } }, { signal })
    const found = await retriever.retrieve('green tea', { topK: 5, filter: { year: 2024 }, signal })
    expect(found.map(({ chunk }) => chunk.documentId)).toEqual(['tea'])
  })

  it('reports the chunks that the cluster refused, although the status is 200', async () => {
    const { cluster, client } = await openOpenSearch()
    await using _ = cluster
    const other = createOpenSearchIndex({ client, index: 'docs', embedder: hashedNgramEmbedder({ dimensions: 32 }) })
    await expect(other.put({ documentId: 'tea', content: 'Green tea.' }, { signal })).rejects.toThrow(
      'Cannot index all chunks',
    )
  })
})

describe('createOpenSearchIndex', () => {
  it('creates the index once', async () => {
    const { cluster, client } = await openOpenSearch()
    await using _ = cluster
    const index = createOpenSearchIndex({ client, index: 'docs', embedder })
    await index.create({ signal })
    expect(cluster.routes.filter((route) => route === 'PUT /docs')).toHaveLength(1)
  })
})

describe('toOpenSearchFilter', () => {
  const mappings = new Map([
    ['documentId', { type: 'keyword', dimension: undefined }],
    ...Object.entries(fields).map(
      ([field, type]) => [`fields.${fieldName(field)}`, { type, dimension: undefined }] as const,
    ),
  ])

  it('allows the same documents as matchesFilter', () => {
    const documentId = fc.constantFrom('d1', 'd2')
    const property = fc.property(filterArbitrary, metadataArbitrary, documentId, (given, metadata, id) => {
      const filter = expectFilter(given) ?? {}
      const values = Object.entries(metadata).map(([field, value]) => [fieldName(field), value])
      const entry = { source: { documentId: id, fields: Object.fromEntries(values) } }
      const scorer = createOpenSearchScorer(toOpenSearchFilter(filter, fields), { mappings, entries: [entry] })
      expect(scorer(entry) !== undefined).toBe(matchesFilter({ documentId: id, metadata }, filter))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it.each<object>([{ owner: 'ann' }, { year: '2024' }, { lang: { $in: [1] } }, { constructor: 'x' }])(
    'rejects %j, which the index cannot compare',
    (filter) => {
      expect(() => toOpenSearchFilter({ ...filter }, fields)).toThrow(TypeError)
    },
  )
})

describe('the example with OpenSearch', () => {
  it('answers from the index, and follows a change', async () => {
    await using cluster = await openFakeOpenSearch()
    const log = vi.spyOn(console, 'log').mockReturnValue()
    await main(cluster.url)
    expect(log).toHaveBeenCalledTimes(2)
    log.mockRestore()
  })
})
