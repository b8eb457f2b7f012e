import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type {
  ChunkHit,
  IndexState,
  ManifestEntry,
  StoredChunk,
  StoredDocument,
} from '../../knowledge/store/knowledge-store.ts'

/** The state as a statement returns it. */
export interface StateRow {
  /** The revision. */
  readonly revision: string
  /** Id of the embedder. */
  readonly embedderId: string | null
  /** Length of the vectors. */
  readonly dimensions: number | null
  /** Number of documents. */
  readonly documents: number
  /** Number of chunks. */
  readonly chunks: number
}

/** A manifest entry as a statement returns it. */
export interface EntryRow extends Omit<ManifestEntry, 'version'> {
  /** The version. */
  readonly version: string | null
}

interface StoredRow extends EntryRow {
  readonly record: Pick<StoredDocument, 'title' | 'metadata'>
}

/** A document as a statement returns it. */
export interface DocumentRow {
  /** The document. */
  readonly document: StoredRow
  /** Its chunks. */
  readonly chunks: readonly StoredChunk[]
}

/** A search result as a statement returns it. */
export interface HitRow extends Omit<ChunkHit, 'document'> {
  /** The document. */
  readonly document: StoredRow
}

/** Returns the state. */
export function toState(row: StateRow | undefined): IndexState {
  if (!row) {
    const message =
      'Cannot read the index: the table of its state has no row; drop the tables and index all documents again'
    throw new ChatError(message, { code: 'store-unavailable', retryable: false })
  }
  const { revision, embedderId, dimensions, documents, chunks } = row
  const embedding = embedderId !== null && dimensions !== null ? { embedderId, dimensions } : undefined
  return { revision, ...(embedding && { embedding }), documents, chunks }
}

/** Returns the manifest entry. */
export function toEntry({ scope, documentId, hash, version }: EntryRow): ManifestEntry {
  return { scope, documentId, hash, ...(version !== null && { version }) }
}

/** Returns the document with its chunks. */
export function toDocument({ document, chunks }: DocumentRow) {
  return { document: toStored(document), chunks }
}

/** Returns the search result. */
export function toHit({ document, ...hit }: HitRow): ChunkHit {
  return { ...hit, document: toStored(document) }
}

function toStored({ record, ...entry }: StoredRow): StoredDocument {
  return { ...toEntry(entry), ...record }
}
