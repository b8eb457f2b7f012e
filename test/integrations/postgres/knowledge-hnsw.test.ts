import { beforeAll, describe, expect, it } from 'vitest'
import { createCommandRunner } from '../../../src/integrations/postgres/connection.ts'
import { encodeVector } from '../../../src/integrations/postgres/knowledge-change.ts'
import { knowledgeCommands } from '../../../src/integrations/postgres/knowledge-commands.ts'
import { compileFilter } from '../../../src/integrations/postgres/knowledge-filter.ts'
import { toHit, type HitRow } from '../../../src/integrations/postgres/knowledge-rows.ts'
import { resolveKnowledgeNames } from '../../../src/integrations/postgres/knowledge-names.ts'
import type { ChunkHit } from '../../../src/knowledge/store/knowledge-store.ts'
import type { MetadataFilter } from '../../../src/knowledge/store/metadata-filter.ts'
import { postgresKnowledgeStore, type PostgresTableOptions } from '../../../src/postgres.ts'
import { query } from './databases.ts'
import { describeEachVectorDatabase } from './knowledge-databases.ts'
import { sampleDocument, sampleVector } from './knowledge-samples.ts'

const call = { signal: new AbortController().signal }
const EMBEDDING = { embedderId: 'samples', dimensions: 16 }
const VECTOR = sampleVector('query', 16)
const SHARE: MetadataFilter = { share: 7 }

describeEachVectorDatabase((database) => {
  let tables: PostgresTableOptions
  beforeAll(async () => {
    tables = await database().createTables({ vectors: true, hnsw: { dimensions: 16 } })
    const store = postgresKnowledgeStore({ client: database().client, ...tables })
    for (let part = 0; part < 4; part++) {
      const documents = Array.from({ length: 500 }, (_, index) => {
        const id = part * 500 + index
        const [chunk] = sampleDocument(['a']).chunks
        const chunks = chunk ? [{ ...chunk, vector: sampleVector(`text ${id}`, 16) }] : []
        return { ...sampleDocument([], { documentId: `${id}`, metadata: { share: id % 100, id } }), chunks }
      })
      await store.commit({ documents, embedding: EMBEDDING }, call)
    }
  }, 60_000)

  /** Searches by the index, which the store does only in larger scopes. */
  async function searchIndex(filter: MetadataFilter | undefined, topK: number): Promise<readonly ChunkHit[]> {
    const compiled = compileFilter(filter)
    const last = [topK, encodeVector(VECTOR), 40, 0]
    const values = [JSON.stringify(['ann']), compiled?.path ?? null, compiled?.values ?? null, ...last]
    const { searchHnsw } = knowledgeCommands(resolveKnowledgeNames(tables))
    // The JSON that the statement builds.
    const rows = (await createCommandRunner(database().client)(searchHnsw, values, call.signal)) as readonly HitRow[]
    return rows.map(toHit)
  }

  async function searchExactly(filter: MetadataFilter | undefined, topK: number): Promise<readonly ChunkHit[]> {
    const store = postgresKnowledgeStore({ client: database().client, ...tables })
    return store.searchVectors({ scopes: ['ann'], topK, vector: VECTOR, ...(filter && { filter }) }, call)
  }

  it('finds with a filter of 1 % as many chunks as the exact search, where a plain index scan finds fewer', async () => {
    const plain = `
with nearest as materialized (
  select document from ${tables.schema}.wire_knowledge_vectors where vector_dims(embedding) = 16
  order by (embedding::vector(16)) <#> '${encodeVector(VECTOR)}'::vector(16) limit 40
)
select count(*)::integer as found from nearest join ${tables.schema}.wire_knowledge_documents d using (document)
where d.filterable @> '{"fields":{"share":7}}'`
    const [{ found } = { found: 20 }] = (await query(database().client, plain)) as readonly { readonly found: number }[]
    expect(found).toBeLessThan(5)
    const exact = await searchExactly(SHARE, 5)
    // So that the exact search cannot help.
    const signature = '(json, text, text, bigint, text)'
    await query(database().client, `alter function ${tables.schema}.wire_search_exact${signature} rename to hidden`)
    const hits = await searchIndex(SHARE, 5)
    await query(database().client, `alter function ${tables.schema}.hidden${signature} rename to wire_search_exact`)
    expect(hits).toHaveLength(5)
    expect(recall(hits, exact)).toBeGreaterThanOrEqual(0.8)
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a))
  })

  it('uses the index', async () => {
    const scansOf = async (search: string) => {
      const scans = `pg_stat_get_xact_numscans('${tables.schema}.wire_knowledge_vectors_hnsw_16'::regclass)`
      const statement = `
with before as materialized (select ${scans} as scans),
search as materialized (select ${tables.schema}.${search} as found, scans from before)
select json_array_length(found) as found, ${scans} > scans as scanned from search`
      return query(database().client, statement)
    }
    const values = `'["ann"]', null, null, 5, '${encodeVector(VECTOR)}'`
    expect(await scansOf(`wire_search_hnsw(${values}, 40, 0)`)).toEqual([{ found: 5, scanned: true }])
    expect(await scansOf(`wire_search_hnsw(${values}, 40, 2000)`)).toEqual([{ found: 5, scanned: false }])
    expect(await scansOf(`wire_search_exact(${values})`)).toEqual([{ found: 5, scanned: false }])
  })

  it('searches exactly when the index finds fewer chunks than asked for', async () => {
    expect(await searchIndex({ id: { $in: [3, 1_999] } }, 5)).toEqual(
      await searchExactly({ id: { $in: [3, 1_999] } }, 5),
    )
    expect(await searchIndex({ id: -1 }, 5)).toEqual([])
  })

  it('searches small scopes exactly', async () => {
    const store = postgresKnowledgeStore({ client: database().client, ...tables, vectorSearch: 'hnsw' })
    const hits = await store.searchVectors({ scopes: ['ann'], topK: 50, vector: VECTOR }, call)
    expect(hits).toEqual(await searchExactly(undefined, 50))
  })

  it('keeps the settings of the session', async () => {
    const settings = `select current_setting('hnsw.iterative_scan') as scan, current_setting('hnsw.ef_search') as ef,
current_setting('enable_sort') as sort`
    const before = await query(database().client, settings)
    await searchIndex(SHARE, 100)
    expect(await query(database().client, settings)).toEqual(before)
  })
})

function recall(hits: readonly ChunkHit[], exact: readonly ChunkHit[]): number {
  const found = new Set(hits.map(({ document }) => document.documentId))
  return exact.filter(({ document }) => found.has(document.documentId)).length / exact.length
}

describe('postgresKnowledgeStore', () => {
  it.each([
    [{ vectorSearch: 'fast' }, 'vectorSearch'],
    [{ hnswCandidates: 0 }, 'hnswCandidates'],
    [{ hnswCandidates: 1_001 }, 'hnswCandidates'],
    [{ hnswCandidates: '40' }, 'hnswCandidates'],
    [{ client: {} }, 'client.query'],
    [{ client: undefined }, 'client'],
    [{ connectionString: 'postgres://' }, 'connectionString'],
    [{ tablePrefix: '1' }, 'tablePrefix'],
  ])('rejects %j', (options, field) => {
    const wrong = expect.objectContaining({ code: 'invalid-input', field })
    const client = { query: async () => ({ rows: [] }) }
    // The wrong types are the subject.
    expect(() => postgresKnowledgeStore({ client, ...options } as never)).toThrow(wrong)
  })
})
