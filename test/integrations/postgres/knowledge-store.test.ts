import { describe, it } from 'vitest'
import { postgresKnowledgeStore, type PostgresKnowledgeTableOptions } from '../../../src/postgres.ts'
import { knowledgeStoreContract } from '../../../src/testing.ts'
import {
  describeEachKnowledgeDatabase,
  describeEachVectorDatabase,
  type KnowledgeDatabase,
} from './knowledge-databases.ts'

/** Creates an empty index, which may be opened again and by several stores. */
async function createSubject(database: KnowledgeDatabase, options: PostgresKnowledgeTableOptions) {
  const tables = await database.createTables(options)
  const open = () => postgresKnowledgeStore({ client: database.client, ...tables })
  return { store: open(), reopen: open, connect: open }
}

describeEachKnowledgeDatabase((database) => {
  knowledgeStoreContract({
    describe,
    it,
    name: 'postgresKnowledgeStore without vectors',
    create: () => createSubject(database(), {}),
    vectors: false,
  })
})

describeEachVectorDatabase((database) => {
  knowledgeStoreContract({
    describe,
    it,
    name: 'postgresKnowledgeStore',
    create: () => createSubject(database(), { vectors: true }),
  })
})
