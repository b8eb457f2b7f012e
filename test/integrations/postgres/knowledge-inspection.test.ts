import { expect, it } from 'vitest'
import { postgresKnowledgeStore } from '../../../src/postgres.ts'
import { query } from './databases.ts'
import { describeEachKnowledgeDatabase, describeEachVectorDatabase } from './knowledge-databases.ts'
import { sampleDocument, SPACE } from './knowledge-samples.ts'

const call = { signal: new AbortController().signal }

const REPAIR = 'index its documents again in a change with clear: true'

describeEachKnowledgeDatabase((database) => {
  it.each([
    ['delete from $scopes', 'documents have no scope'],
    ['delete from $documents', 'chunks have no document'],
    ['delete from $chunks where position = 1', 'documents do not have the chunks'],
    ['update $chunks set position = 7 where position = 1', 'documents do not have the chunks'],
    ['delete from $postings where bucket = (select min(bucket) from $postings)', 'entries of the text index'],
    [
      'update $postings set scope_id = scope_id + 77 where bucket = (select min(bucket) from $postings)',
      'entries of the text index',
    ],
    [`update $postings set counts = counts || 1`, 'rows of the text index are damaged'],
    [`update $postings set starts[1] = 2`, 'rows of the text index are damaged'],
    ['update $scopes set chunks = chunks + 1', 'statistics of 2 scopes'],
    ['update $scopes set lengths = 0', 'statistics of 2 scopes'],
    ['update $state set documents = 5', 'totals of the index'],
  ])('reports the damage of "%s", and a change with clear repairs it', async (damage, sentence) => {
    const { client } = database()
    const tables = await database().createTables()
    const store = postgresKnowledgeStore({ client, ...tables })
    const documents = ['ann', 'bob'].map((scope) => sampleDocument(['one two', 'two three'], { scope }))
    await store.commit({ documents }, call)
    expect(await store.inspect(call)).toEqual([])
    await query(client, damage.replaceAll('$', `${tables.schema}.wire_knowledge_`))
    const found = await store.inspect(call)
    expect(found.filter((line) => line.includes(sentence) && line.endsWith(REPAIR))).toHaveLength(1)
    await store.commit({ documents, clear: true }, call)
    expect(await store.inspect(call)).toEqual([])
  })
})

describeEachVectorDatabase((database) => {
  it.each([
    ['delete from $vectors where position = 1', 'chunks have no vector'],
    ['update $vectors set position = 7 where position = 1', 'vectors have no chunk'],
    [`update $vectors set embedding = '[1,0]'`, 'vectors do not have the dimensions'],
  ])('reports the damage of "%s", and a change with clear repairs it', async (damage, sentence) => {
    const { client } = database()
    const tables = await database().createTables({ vectors: true })
    const store = postgresKnowledgeStore({ client, ...tables })
    const change = { documents: [sampleDocument(['one two', 'two three'], { hasVectors: true })], embedding: SPACE }
    await store.commit(change, call)
    expect(await store.inspect(call)).toEqual([])
    await query(client, damage.replaceAll('$', `${tables.schema}.wire_knowledge_`))
    const found = await store.inspect(call)
    expect(found.filter((line) => line.includes(sentence) && line.endsWith(REPAIR))).toHaveLength(1)
    await store.commit({ ...change, clear: true }, call)
    expect(await store.inspect(call)).toEqual([])
  })
})
