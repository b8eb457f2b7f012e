import type { IndexedChunk, IndexedDocument, StoredChunk, StoredDocument } from '../knowledge-store.ts'
import { freezeAll, toStoredChunk, toStoredDocument, withVersion } from './stored-copies.ts'

/**
 * A document of a scope. It never changes but for its caches, and its values are frozen, so that results and snapshots
 * can share them. It is data without methods, because an index has many.
 */
export interface DocumentEntry {
  /** Id of the document. */
  readonly documentId: string
  /** Row of its first chunk. The others follow. */
  readonly firstRow: number
  /** Number of its chunks. */
  readonly chunkCount: number
  /** Length of their vectors; 0 if there are none. */
  readonly dimensions: number
  /** The numbers of their vectors, among others. */
  readonly numbers: Float32Array
  /** Index of the first number. */
  readonly numbersAt: number
  /** JSON of the document and of its chunks, among others. Absent if it is not of a file. */
  readonly texts: Uint8Array | undefined
  /** Offset of the document in `texts`. */
  readonly documentAt: number
  /** Offset of the chunks in `texts`. */
  readonly chunksAt: number
  /** Offset after the chunks in `texts`. */
  readonly textsEnd: number
  /** The document, once it is decoded. */
  document: StoredDocument | undefined
  /** The chunks, once they are decoded. */
  chunks: readonly StoredChunk[] | undefined
}

/** Copies a document into an entry, so that later changes by the caller have no effect. */
export function createEntry(document: IndexedDocument, firstRow: number): DocumentEntry {
  return {
    documentId: document.documentId,
    firstRow,
    chunkCount: document.chunks.length,
    dimensions: document.chunks[0]?.vector?.length ?? 0,
    numbers: joinVectors(document.chunks),
    numbersAt: 0,
    texts: undefined,
    documentAt: 0,
    chunksAt: 0,
    textsEnd: 0,
    document: toStoredDocument(document),
    chunks: Object.freeze(document.chunks.map(toStoredChunk)),
  }
}

/** Returns the document without its chunks. */
export function documentOf(entry: DocumentEntry): StoredDocument {
  return (entry.document ??= decode<StoredDocument>(entry.texts?.subarray(entry.documentAt, entry.chunksAt)))
}

/** Returns the chunks, in order. */
export function chunksOf(entry: DocumentEntry): readonly StoredChunk[] {
  return (entry.chunks ??= decode<readonly StoredChunk[]>(entry.texts?.subarray(entry.chunksAt, entry.textsEnd)))
}

/** Returns the document in JSON. */
export function encodedDocument(entry: DocumentEntry): Uint8Array {
  // Another version may have replaced the one of the file.
  return entry.document ? encode(entry.document) : (entry.texts?.subarray(entry.documentAt, entry.chunksAt) ?? NONE)
}

/** Returns the chunks in JSON. */
export function encodedChunks(entry: DocumentEntry): Uint8Array {
  return entry.texts?.subarray(entry.chunksAt, entry.textsEnd) ?? encode(entry.chunks ?? [])
}

/** Returns the vectors of all chunks, one after the other. */
export function vectorsOf({ numbers, numbersAt, chunkCount, dimensions }: DocumentEntry): Float32Array {
  return numbers.subarray(numbersAt, numbersAt + chunkCount * dimensions)
}

/** Returns the vector of a row. */
export function vectorOf({ numbers, numbersAt, firstRow, dimensions }: DocumentEntry, row: number): Float32Array {
  const start = numbersAt + (row - firstRow) * dimensions
  return numbers.subarray(start, start + dimensions)
}

/** Returns the entry with another version of the document. */
export function entryWithVersion(entry: DocumentEntry, version: string | undefined): DocumentEntry {
  return { ...entry, document: withVersion(documentOf(entry), version) }
}

const NONE = new Uint8Array(0)

function decode<T>(bytes: Uint8Array | undefined): T {
  return freezeAll(JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)))
}

function encode(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function joinVectors(chunks: readonly IndexedChunk[]): Float32Array {
  const dimensions = chunks[0]?.vector?.length ?? 0
  const joined = new Float32Array(chunks.length * dimensions)
  for (const [index, { vector }] of chunks.entries()) if (vector) joined.set(vector, index * dimensions)
  return joined
}
