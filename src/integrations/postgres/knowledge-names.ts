import { resolvePostgresNames, type PostgresNames, type PostgresTableOptions } from './names.ts'

/** The names of everything that an index creates in a database, quoted and with the schema. */
export interface KnowledgeNames extends Pick<PostgresNames, 'index'> {
  /** Table of the migrations that were applied. */
  readonly migrations: string
  /** Table with one row, the state of the index. */
  readonly state: string
  /** Table of the scopes, with their statistics. */
  readonly scopes: string
  /** Table of the documents. */
  readonly documents: string
  /** Table of the chunks. */
  readonly chunks: string
  /** Table of the text index. */
  readonly postings: string
  /** Table of the vectors, which only an index with vectors has. */
  readonly vectors: string
  /** Function that applies a change. */
  readonly commit: string
  /** Function that removes documents. */
  readonly remove: string
  /** Function that searches the vectors without an index. */
  readonly searchExact: string
  /** Function that searches the vectors by their HNSW index. */
  readonly searchHnsw: string
}

/** Validates the options. */
export function resolveKnowledgeNames(options: PostgresTableOptions): KnowledgeNames {
  const { named, index } = resolvePostgresNames(options)
  return {
    index,
    migrations: named('knowledge_migrations'),
    state: named('knowledge_state'),
    scopes: named('knowledge_scopes'),
    documents: named('knowledge_documents'),
    chunks: named('knowledge_chunks'),
    postings: named('knowledge_postings'),
    vectors: named('knowledge_vectors'),
    commit: named('commit_knowledge'),
    remove: named('remove_knowledge'),
    searchExact: named('search_exact'),
    searchHnsw: named('search_hnsw'),
  }
}
