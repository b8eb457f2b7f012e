import type { PackedVectors } from '../../search/expect-packed-vectors.ts'
import { createTermIndex, type TermIndex } from '../../search/term-index.ts'
import { createVectorIndex, type VectorIndex } from '../../search/vector-index.ts'
import type { IndexedDocument, ManifestEntry } from '../knowledge-store.ts'
import { compareBytes } from '../metadata-filter.ts'
import { createEntry, documentOf, entryWithVersion, vectorOf, type DocumentEntry } from './document-entry.ts'

/** The documents of one scope, with an index of their terms and one of their vectors. */
export interface ScopeIndex {
  /** The scope. */
  readonly scope: string
  /** The documents by id. */
  readonly documents: ReadonlyMap<string, DocumentEntry>
  /** The terms of each chunk, whose id is its row. */
  readonly terms: TermIndex
  /** The packed vectors of each chunk, whose id is its row. Absent until there is one. */
  readonly vectors: VectorIndex | undefined
  /** The row of the next chunk. */
  readonly nextRow: number
  /** Returns the document of a row. */
  ownerOf(row: number): DocumentEntry | undefined
  /** Adds a document, or replaces the one with its id. */
  put(document: IndexedDocument): void
  /** Removes a document, if it is there. */
  remove(documentId: string): void
  /** Changes the version of a document, if it is there with this hash. */
  setVersion(entry: Omit<ManifestEntry, 'scope'>): void
  /** Returns the ids of the documents in the order of their bytes. */
  sortedIds(): readonly string[]
}

/** The content of a saved scope. */
export interface SavedScope {
  /** The documents. */
  readonly entries: readonly DocumentEntry[]
  /** Their terms. */
  readonly terms: TermIndex
  /** Their packed vectors. Absent if there are none. */
  readonly packed?: PackedVectors | undefined
  /** Length of the vectors. */
  readonly dimensions: number
  /** The row of the next chunk. */
  readonly nextRow: number
}

/** Creates the index of a scope. It is empty if nothing was saved. */
export function createScopeIndex(scope: string, saved?: SavedScope): ScopeIndex {
  const documents = new Map<string, DocumentEntry>()
  const owners = new Map<number, DocumentEntry>()
  const terms = saved?.terms ?? createTermIndex()
  let vectors: VectorIndex | undefined
  let sorted: readonly string[] | undefined
  let nextRow = saved?.nextRow ?? 0
  for (const entry of saved?.entries ?? []) own(entry)
  if (saved?.packed) vectorsWith(saved.dimensions).load(saved.packed)

  // The documents keep the vectors, so that those of a file need not be copied.
  function vectorsWith(dimensions: number): VectorIndex {
    const none = new Float32Array(dimensions)
    const vectorsOf = (rows: readonly number[]) => rows.map((row) => vectorOfRow(row, none))
    return (vectors ??= createVectorIndex({ dimensions, vectorsOf }))
  }

  function vectorOfRow(row: number, none: Float32Array): Float32Array {
    const owner = owners.get(row)
    return owner ? vectorOf(owner, row) : none
  }

  function own(entry: DocumentEntry): void {
    documents.set(entry.documentId, entry)
    for (let row = entry.firstRow; row < entry.firstRow + entry.chunkCount; row++) owners.set(row, entry)
  }

  function remove(documentId: string): void {
    const entry = documents.get(documentId)
    if (!entry) return
    for (let row = entry.firstRow; row < entry.firstRow + entry.chunkCount; row++) {
      terms.remove(row)
      vectors?.remove(row)
      owners.delete(row)
    }
    documents.delete(documentId)
    sorted = undefined
  }

  return {
    scope,
    documents,
    terms,
    get vectors() {
      return vectors
    },
    get nextRow() {
      return nextRow
    },
    ownerOf: (row) => owners.get(row),
    put(document) {
      remove(document.documentId)
      const entry = createEntry(document, nextRow)
      own(entry)
      sorted = undefined
      for (const chunk of document.chunks) {
        terms.add(nextRow, chunk.terms)
        if (chunk.vector) vectorsWith(chunk.vector.length).add(nextRow, chunk.vector)
        nextRow += 1
      }
    },
    remove,
    setVersion({ documentId, hash, version }) {
      const entry = documents.get(documentId)
      if (entry && documentOf(entry).hash === hash) own(entryWithVersion(entry, version))
    },
    sortedIds: () => (sorted ??= [...documents.keys()].toSorted(compareBytes)),
  }
}
