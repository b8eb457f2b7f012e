import { createHash } from 'node:crypto'
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest'
import type { Embedder } from 'ragwire'
import { chunkDocument, type DocumentChunk, type KnowledgeDocument } from 'ragwire/knowledge'
import { fieldPath, matches } from './to-qdrant-filter.ts'

/** The collection that an index and a retriever share. */
export interface QdrantCollection {
  /** Create it with `timeout: Infinity`: another timeout replaces the signal of a request. */
  readonly client: QdrantClient
  readonly collection: string
  readonly embedder: Embedder
}

export interface QdrantIndexOptions extends QdrantCollection {
  /** Fields of the metadata that are often filtered by, with their types. They get an index of Qdrant. */
  readonly fields?: Readonly<Record<string, 'keyword' | 'float' | 'bool'>>
}

export interface IndexCall {
  /** The tenant. Left out, every tenant may read the document. */
  readonly scope?: string
  readonly signal: AbortSignal
}

/** Writes documents into a collection of Qdrant. */
export interface QdrantIndex {
  /** Creates the collection unless it exists. */
  create(options: { readonly signal: AbortSignal }): Promise<void>
  /** Indexes a document, or its new content. It may be repeated after a failure. */
  put(document: KnowledgeDocument, call: IndexCall): Promise<'indexed' | 'unchanged'>
  /** Removes a document. */
  remove(documentId: string, call: IndexCall): Promise<void>
}

/** One request has the points of one batch. */
const BATCH = 64

export function createQdrantIndex({ client, collection, embedder, fields = {} }: QdrantIndexOptions): QdrantIndex {
  const count = async (filter: Schemas['Filter']) => (await client.count(collection, { filter, exact: true })).count
  return {
    async create({ signal }) {
      const [{ length: size } = new Float32Array()] = await embedder.embed(['dimensions'], { signal })
      const { exists } = await client.collectionExists(collection)
      if (!exists) await client.createCollection(collection, { vectors: { size, distance: 'Cosine' } })
      // Points of one tenant are stored together, so that a search of one tenant reads only those.
      await index('scope', { type: 'keyword', is_tenant: true })
      await index('documentId', 'keyword')
      for (const [field, type] of Object.entries(fields)) await index(fieldPath(field), type)
    },
    async put(document, { scope = '', signal }) {
      const { documentId, hash, chunks } = await chunkDocument(document, { signal })
      // The vectors of another embedder are other vectors.
      const version = `${embedder.id}:${hash}`
      const own = [matches('scope', scope), matches('documentId', documentId)]
      const current = [...own, matches('version', version)]
      const counts = [await count({ must: own }), await count({ must: current })]
      if (counts.every((points) => points === chunks.length)) return 'unchanged'
      for (let start = 0; start < chunks.length; start += BATCH) {
        const batch = chunks.slice(start, start + BATCH)
        const vectors = await embedder.embed(
          batch.map(({ indexedText }) => indexedText),
          { signal },
        )
        const points = batch.map((item, at) => toPoint(item, { scope, version, vector: vectors[at] }))
        signal.throwIfAborted()
        await client.upsert(collection, { wait: true, points })
      }
      // Last, so that a search finds the old chunks until all new ones are there.
      await client.delete(collection, {
        wait: true,
        filter: { must: own, must_not: [matches('version', version)] },
      })
      return 'indexed'
    },
    async remove(documentId, { scope = '', signal }) {
      signal.throwIfAborted()
      const filter = { must: [matches('scope', scope), matches('documentId', documentId)] }
      await client.delete(collection, { wait: true, filter })
    },
  }

  async function index(field_name: string, field_schema: Schemas['PayloadFieldSchema']): Promise<void> {
    await client.createPayloadIndex(collection, { wait: true, field_name, field_schema })
  }
}

interface Place {
  readonly scope: string
  readonly version: string
  readonly vector: Float32Array | undefined
}

function toPoint({ chunk }: DocumentChunk, { scope, version, vector }: Place): Schemas['PointStruct'] {
  if (!vector) throw new Error('The embedder returned fewer vectors than texts')
  const { documentId, chunkId } = chunk
  const id = toUuid([scope, documentId, chunkId])
  return { id, vector: [...vector], payload: { scope, documentId, version, chunk } }
}

/** An id of Qdrant is a number or a UUID. The same chunk always gets the same one, so that it replaces itself. */
function toUuid(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
