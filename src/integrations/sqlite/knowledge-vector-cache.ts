import { createVectorIndex, type VectorIndex } from '../../knowledge/search/vector-index.ts'
import { rowBytesOf } from '../../knowledge/search/vector-row.ts'
import { decodeDocuments, type BlockDocument } from './knowledge-block.ts'
import { concatenate } from './knowledge-bytes.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import type { IndexRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

/** The vectors of a scope in memory. */
export interface ScopeVectors {
  /** Finds ids of chunks. */
  readonly index: VectorIndex
  /** Returns the document of a chunk. */
  documentOf(chunk: number): BlockDocument
}

/** Keeps the packed vectors of scopes in memory, as they are in the file. */
export interface VectorCache {
  /** Reads what has changed since the last call, and returns the vectors of the scopes. Call it in a transaction. */
  load(row: IndexRow, scopes: readonly string[]): readonly ScopeVectors[]
}

/** Creates an empty cache that forgets the scopes of the oldest searches when it exceeds a size. */
export function createVectorCache(sql: Sql, maxBytes: number): VectorCache {
  const scopes = new Map<string, LoadedScope>()
  let space = ''

  function forget(dimensions: number, needed: readonly string[]): void {
    const bytes = () => [...scopes.values()].reduce((sum, { index }) => sum + index.size, 0) * rowBytesOf(dimensions)
    for (const scope of scopes.keys()) {
      if (bytes() <= maxBytes) return
      if (!needed.includes(scope)) scopes.delete(scope)
    }
  }

  return {
    load(row, names) {
      const dimensions = row.dimensions ?? 0
      const loadedSpace = JSON.stringify([row.embedder_id, dimensions])
      if (loadedSpace !== space) scopes.clear()
      space = loadedSpace
      const loaded = names.map((scope) => {
        const known = scopes.get(scope) ?? createLoadedScope(sql, scope, dimensions)
        // The scope that was searched last is the last one of the map.
        scopes.delete(scope)
        scopes.set(scope, known)
        known.update(row.revision)
        return known
      })
      forget(dimensions, names)
      return loaded
    },
  }
}

interface LoadedScope extends ScopeVectors {
  update(revision: string): void
}

interface LoadedBlock {
  readonly changed: number
  readonly documents: readonly BlockDocument[]
}

function createLoadedScope(sql: Sql, scope: string, dimensions: number): LoadedScope {
  const index = createVectorIndex({ dimensions, vectorsOf: (ids) => ids.map((id) => readVector(sql, id, dimensions)) })
  let blocks = new Map<number, LoadedBlock>()
  let documents: readonly BlockDocument[] = []
  let loadedRevision = ''

  function replaceBlocks(next: Map<number, LoadedBlock>): void {
    const before = documentsApart(blocks, next)
    const after = documentsApart(next, blocks)
    for (const [id, { firstChunk, chunks }] of before) {
      if (!after.has(id)) for (let at = 0; at < chunks; at++) index.remove(firstChunk + at)
    }
    for (const [block, { documents }] of next) {
      const added = documents.filter(({ id }) => after.has(id) && !before.has(id))
      if (added.length > 0) loadBlock(sql, index, { block, dimensions, added: new Set(added.map(({ id }) => id)) })
    }
    blocks = next
    documents = [...next.values()].flatMap((block) => block.documents).toSorted((a, b) => a.firstChunk - b.firstChunk)
  }

  return {
    index,
    documentOf: (chunk) => findDocument(documents, chunk),
    update(revision) {
      if (revision === loadedRevision) return
      replaceBlocks(readBlocks(sql, scope, blocks))
      loadedRevision = revision
    },
  }
}

/** Reads the blocks of a scope, except for those that are known and have not changed. */
function readBlocks(sql: Sql, scope: string, known: ReadonlyMap<number, LoadedBlock>): Map<number, LoadedBlock> {
  const rows = sql.all<{ readonly id: number; readonly changed: number }>(
    'select id, changed from ragwire_blocks where scope = ? order by id',
    scope,
  )
  return new Map(
    rows.map(({ id, changed }) => {
      const block = known.get(id)
      if (block?.changed === changed) return [id, block]
      const documents = allDocuments(sql, id).filter((document) => document.id > 0)
      return [id, { changed, documents }]
    }),
  )
}

function allDocuments(sql: Sql, block: number): readonly BlockDocument[] {
  const row = sql.get<{ readonly documents: Uint8Array }>('select documents from ragwire_blocks where id = ?', block)
  return row ? decodeDocuments(row.documents) : []
}

/** Returns the documents of blocks that the other map does not have in the same form. */
function documentsApart(
  blocks: ReadonlyMap<number, LoadedBlock>,
  others: ReadonlyMap<number, LoadedBlock>,
): ReadonlyMap<number, BlockDocument> {
  const apart = [...blocks].filter(([id, block]) => others.get(id) !== block)
  return new Map(apart.flatMap(([, { documents }]) => documents.map((document) => [document.id, document] as const)))
}

interface AddedDocuments {
  readonly block: number
  readonly dimensions: number
  /** Rows of the documents to add. */
  readonly added: ReadonlySet<number>
}

/** Adds the packed vectors of some documents of a block. */
function loadBlock(sql: Sql, index: VectorIndex, { block, dimensions, added }: AddedDocuments): void {
  const rowBytes = rowBytesOf(dimensions)
  const { data } = sql.get<{ readonly data: Uint8Array }>('select data from ragwire_codes where block = ?', block) ?? {
    data: new Uint8Array(0),
  }
  const documents = allDocuments(sql, block)
  if (data.length !== rowBytes * documents.reduce((sum, { chunks }) => sum + chunks, 0)) {
    throw new DamagedIndexError(`packed vectors of block ${block} are missing`)
  }
  const ids: number[] = []
  const rows: Uint8Array[] = []
  let start = 0
  for (const { id, firstChunk, chunks } of documents) {
    if (added.has(id)) {
      for (let at = 0; at < chunks; at++) ids.push(firstChunk + at)
      rows.push(data.subarray(start * rowBytes, (start + chunks) * rowBytes))
    }
    start += chunks
  }
  // Most blocks are added as a whole.
  const isWhole = ids.length * rowBytes === data.length
  index.load({ ids: Float64Array.from(ids), rows: isWhole ? data : concatenate(rows) })
}

function readVector(sql: Sql, chunk: number, dimensions: number): Float32Array {
  const row = sql.get<{ readonly vector: Uint8Array }>('select vector from ragwire_vectors where chunk = ?', chunk)
  if (row?.vector.length !== 4 * dimensions) throw new DamagedIndexError(`the vector of chunk ${chunk} is missing`)
  // A copy, because the bytes may begin at an address that is no multiple of 4.
  return new Float32Array(row.vector.slice().buffer)
}

/** Finds the document by bisection. */
function findDocument(documents: readonly BlockDocument[], chunk: number): BlockDocument {
  let low = 0
  let high = documents.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((documents[middle]?.firstChunk ?? Infinity) <= chunk) low = middle
    else high = middle - 1
  }
  const document = documents[low]
  if (document && chunk >= document.firstChunk && chunk < document.firstChunk + document.chunks) return document
  throw new DamagedIndexError(`chunk ${chunk} belongs to no document`)
}
