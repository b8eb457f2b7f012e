import { describe, expect, it } from 'vitest'
import {
  migratePostgresKnowledge,
  postgresKnowledgeMigrations,
  postgresKnowledgeStore,
  type PostgresClient,
} from '../../../src/postgres.ts'
import { query } from './databases.ts'
import { describeEachKnowledgeDatabase, describeEachVectorDatabase, usePglite } from './knowledge-databases.ts'
import { sampleDocument, sampleVector, SPACE } from './knowledge-samples.ts'

const call = { signal: new AbortController().signal }
const REFUSAL = { code: 'store-unavailable', retryable: false }

describeEachKnowledgeDatabase((database) => {
  it('creates the tables once when several servers start at the same time', async () => {
    const { client } = database()
    const tables = await database().createSchema()
    await Promise.all(Array.from({ length: 10 }, () => migratePostgresKnowledge(client, tables)))
    const store = postgresKnowledgeStore({ client, ...tables })
    await store.commit({ documents: [sampleDocument(['one'])] }, call)
    await migratePostgresKnowledge(client, tables)
    expect(await store.state(call)).toMatchObject({ documents: 1, chunks: 1 })
    expect(await query(client, `select name from ${tables.schema}.ragwire_knowledge_migrations`)).toEqual([
      { name: 'tables 1' },
    ])
  })

  it('prints its statements, for users of another migration tool', async () => {
    const { client } = database()
    const tables = await database().createSchema()
    for (let round = 0; round < 2; round++) {
      for (const { sql } of postgresKnowledgeMigrations(tables)) await query(client, sql)
    }
    expect(await postgresKnowledgeStore({ client, ...tables }).state(call)).toMatchObject({ documents: 0 })
  })

  it('rejects tables of a later version', async () => {
    const { client } = database()
    const { schema } = await database().createSchema()
    await migratePostgresKnowledge(client, { schema })
    await query(client, `insert into ${schema}.ragwire_knowledge_migrations (name) values ('tables 99')`)
    await expect(migratePostgresKnowledge(client, { schema })).rejects.toMatchObject(REFUSAL)
    await expect(migratePostgresKnowledge(client, { schema })).rejects.toThrow('tables 99')
  })

  it('names the migration when the tables are missing', async () => {
    const { client } = database()
    const store = postgresKnowledgeStore({ client, ...(await database().createSchema()) })
    const searching = { scopes: [''], topK: 1, terms: new Map([['a', 1]]) }
    const calls = [
      store.state(call),
      store.manifest({ scope: '', limit: 1 }, call),
      store.commit({}, call),
      store.document({ scope: '', documentId: 'a' }, call),
      store.searchTerms(searching, call),
      store.searchVectors({ ...searching, vector: sampleVector('a') }, call),
      store.inspect(call),
    ]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: REFUSAL })
      expect(outcome).toMatchObject({
        reason: { message: expect.stringContaining('migratePostgresKnowledge(client)') },
      })
    }
  })

  it('names the migration when vectors are committed to tables without them, and changes nothing', async () => {
    const { client } = database()
    const store = postgresKnowledgeStore({ client, ...(await database().createTables()) })
    const documents = [sampleDocument(['one'], { hasVectors: true })]
    await expect(store.commit({ documents, embedding: SPACE }, call)).rejects.toMatchObject(REFUSAL)
    await expect(store.commit({ documents, embedding: SPACE }, call)).rejects.toThrow('{ vectors: true }')
    expect(await store.state(call)).toMatchObject({ documents: 0, chunks: 0 })
  })
})

describeEachVectorDatabase((database) => {
  it('adds vectors, and an index of each length, to tables that exist', async () => {
    const { client } = database()
    const { schema } = await database().createSchema()
    const store = postgresKnowledgeStore({ client, schema, vectorSearch: 'hnsw' })
    await migratePostgresKnowledge(client, { schema })
    await store.commit({ documents: [sampleDocument(['one'])] }, call)
    for (const dimensions of [4, 3, 4]) {
      await migratePostgresKnowledge(client, { schema, vectors: true, hnsw: { dimensions } })
    }
    await migratePostgresKnowledge(client, { schema })
    const documents = [sampleDocument(['one'], { hasVectors: true })]
    const { embedding } = await store.commit({ clear: true, documents, embedding: SPACE }, call)
    expect(embedding).toEqual(SPACE)
    const indexes = `select indexname from pg_indexes where schemaname = '${schema}' and indexdef like '%hnsw%' order by 1`
    expect(await query(client, indexes)).toEqual([
      { indexname: 'ragwire_knowledge_vectors_hnsw_3' },
      { indexname: 'ragwire_knowledge_vectors_hnsw_4' },
    ])
  })
})

describe('in PGlite', () => {
  const database = usePglite()

  it('says what to run when the role may not create the extension', async () => {
    const { client } = database()
    const { schema } = await database().createSchema()
    await query(client, `create role app`)
    await query(client, `grant all on schema ${schema} to app`)
    await query(client, `set role app`)
    const migrating = migratePostgresKnowledge(client, { schema, vectors: true })
    await expect(migrating).rejects.toMatchObject(REFUSAL)
    await expect(migrating).rejects.toThrow("run 'create extension vector' in this database as a superuser")
    await query(client, 'reset role')
    await query(client, 'create extension vector')
    await query(client, `set role app`)
    await migratePostgresKnowledge(client, { schema, vectors: true })
    await query(client, 'reset role')
  })
})

describe('migratePostgresKnowledge', () => {
  it.each([
    { installed: null, available: null, fix: 'postgresql-17-pgvector' },
    { installed: '0.7.4', available: '0.8.0', fix: "run 'alter extension vector update'" },
    { installed: '0.10.1', available: '0.10.1', fix: undefined },
    { installed: '1.0.0', available: '1.0.0', fix: undefined },
  ])('requires pgvector 0.8: $installed of $available', async ({ fix, ...extension }) => {
    const client: PostgresClient = {
      query: async (text) => ({
        rows: text.includes('pg_extension') ? [{ answer: JSON.stringify(extension) }] : [{ answer: '[]' }],
      }),
    }
    const migrating = migratePostgresKnowledge(client, { vectors: true })
    if (fix === undefined) await migrating
    else await expect(migrating).rejects.toThrow(fix)
  })

  it.each([
    [{ hnsw: { dimensions: 4 } }, 'hnsw'],
    [{ vectors: true, hnsw: { dimensions: 2_001 } }, 'hnsw.dimensions'],
    [{ vectors: true, hnsw: { dimensions: '4' } }, 'hnsw.dimensions'],
    [{ vectors: true, hnsw: { dimensions: 4, m: 1 } }, 'hnsw.m'],
    [{ vectors: true, hnsw: { dimensions: 4, efConstruction: 31 } }, 'hnsw.efConstruction'],
    [{ vectors: true, hnsw: { size: 4 } }, 'hnsw.size'],
    [{ vectors: 'yes' }, 'vectors'],
    [{ dimensions: 4 }, 'dimensions'],
    [{ schema: 'a"b' }, 'schema'],
  ])('rejects %j', (options, field) => {
    const wrong = expect.objectContaining({ code: 'invalid-input', field })
    // The wrong types are the subject.
    expect(() => postgresKnowledgeMigrations(options as never)).toThrow(wrong)
  })
})
