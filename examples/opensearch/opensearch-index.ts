import { createHash } from 'node:crypto'
import type { Client } from '@opensearch-project/opensearch'
import type { Embedder } from 'ragwire'
import { chunkDocument, type DocumentChunk, type KnowledgeDocument } from 'ragwire/knowledge'
import { stoppable } from './stoppable.ts'
import { fieldName, typeOf, type FilterFields } from './to-opensearch-filter.ts'

/** The index that `createOpenSearchIndex` fills and `openSearchRetriever` reads. */
export interface OpenSearchTarget {
  readonly client: Client
  readonly index: string
  readonly embedder: Embedder
  /** The fields of the metadata that can be filtered by, with their types. Values of another type are not indexed. */
  readonly fields?: FilterFields
}

export interface IndexCall {
  /** The tenant. Left out, every tenant may read the document. */
  readonly scope?: string
  readonly signal: AbortSignal
}

/** Writes documents into an index of OpenSearch. */
export interface OpenSearchIndex {
  /** Creates the index unless it exists. */
  create(options: { readonly signal: AbortSignal }): Promise<void>
  /** Indexes a document, or its new content. It may be repeated after a failure. */
  put(document: KnowledgeDocument, call: IndexCall): Promise<'indexed' | 'unchanged'>
  /** Removes a document. */
  remove(documentId: string, call: IndexCall): Promise<void>
}

/** One request has the chunks of one batch. */
const BATCH = 64

export function createOpenSearchIndex({ client, index, embedder, fields = {} }: OpenSearchTarget): OpenSearchIndex {
  return {
    async create({ signal }) {
      const { body: exists } = await stoppable(client.indices.exists({ index }), signal)
      if (exists) return
      const [{ length: dimension } = new Float32Array()] = await embedder.embed(['dimensions'], { signal })
      await stoppable(client.indices.create({ index, body: schemaOf(dimension, fields) }), signal)
    },
    async put(document, { scope = '', signal }) {
      const { documentId, hash, chunks } = await chunkDocument(document, { signal })
      // The vectors of another embedder are other vectors.
      const version = `${embedder.id}:${hash}`
      const own = [{ term: { scope: { value: scope } } }, { term: { documentId: { value: documentId } } }]
      const current = { term: { version: { value: version } } }
      const counts = [await count(own, signal), await count([...own, current], signal)]
      if (counts.every((found) => found === chunks.length)) return 'unchanged'
      for (let start = 0; start < chunks.length; start += BATCH) {
        const batch = chunks.slice(start, start + BATCH)
        const vectors = await embedder.embed(
          batch.map(({ indexedText }) => indexedText),
          { signal },
        )
        const lines = batch.flatMap((item, at) => {
          const facts = { scope, version, position: start + at, fields: fieldsOf(item, fields) }
          return [{ index: { _index: index, _id: idOf(scope, item) } }, { ...facts, ...toEntry(item, vectors[at]) }]
        })
        // Visible to the deletion below.
        const { body } = await stoppable(client.bulk({ refresh: 'wait_for', body: lines }), signal)
        if (body.errors !== false) throw new Error('Cannot index all chunks', { cause: body })
      }
      // Last, so that a search finds the old chunks until all new ones are there.
      await removeAll({ bool: { filter: own, must_not: [current] } }, signal)
      return 'indexed'
    },
    async remove(documentId, { scope = '', signal }) {
      const own = [{ term: { scope: { value: scope } } }, { term: { documentId: { value: documentId } } }]
      await removeAll({ bool: { filter: own } }, signal)
    },
  }

  async function count(filter: Terms, signal: AbortSignal): Promise<number> {
    const { body } = await stoppable(client.count({ index, body: { query: { bool: { filter } } } }), signal)
    return body.count
  }

  async function removeAll(query: { readonly bool: { filter: Terms; must_not?: Terms } }, signal: AbortSignal) {
    const { body } = await stoppable(client.deleteByQuery({ index, refresh: true, body: { query } }), signal)
    if (!('failures' in body) || body.failures?.length !== 0)
      throw new Error('Cannot remove all chunks', { cause: body })
  }
}

type Terms = { term: Record<string, { value: string }> }[]

function schemaOf(dimension: number, fields: FilterFields) {
  const types = Object.entries(fields).map(([field, type]) => [fieldName(field), { type }])
  return {
    settings: { index: { knn: true } },
    mappings: {
      dynamic: 'strict' as const,
      properties: {
        scope: { type: 'keyword' as const },
        documentId: { type: 'keyword' as const },
        version: { type: 'keyword' as const },
        position: { type: 'integer' as const },
        // The terms of ragwire, which also work for texts without spaces.
        terms: { type: 'keyword' as const },
        vector: {
          type: 'knn_vector' as const,
          dimension,
          method: { name: 'hnsw', engine: 'lucene', space_type: 'cosinesimil' },
        },
        fields: { type: 'object' as const, properties: Object.fromEntries(types) },
        // Only stored.
        chunk: { type: 'object' as const, enabled: false },
      },
    },
  }
}

function toEntry({ chunk, terms }: DocumentChunk, vector: Float32Array | undefined) {
  if (!vector) throw new Error('The embedder returned fewer vectors than texts')
  const { documentId } = chunk
  // OpenSearch refuses a vector of zeros, which a text without words may have.
  const isZero = vector.every((number) => number === 0)
  return { documentId, chunk, terms: [...new Set(terms)], ...(!isZero && { vector: [...vector] }) }
}

/** Returns the values of the metadata that can be filtered by. */
function fieldsOf({ chunk: { metadata = {} } }: DocumentChunk, fields: FilterFields): Record<string, unknown> {
  const values = Object.entries(fields).map(([field, type]) => {
    const value = Object.hasOwn(metadata, field) ? metadata[field] : undefined
    return [fieldName(field), [value].flat().filter((item) => typeOf(item) === type)]
  })
  return Object.fromEntries(values)
}

/** The same chunk always gets the same id, so that it replaces itself. */
function idOf(scope: string, { chunk: { documentId, chunkId } }: DocumentChunk): string {
  return createHash('sha256')
    .update(JSON.stringify([scope, documentId, chunkId]))
    .digest('hex')
}
