import type { ManifestEntry, StoredChunk, StoredDocument } from '../knowledge-store.ts'

/** Returns a frozen copy of a document without its chunks. */
export function toStoredDocument({
  scope,
  documentId,
  hash,
  version,
  title,
  metadata,
}: StoredDocument): StoredDocument {
  return Object.freeze({
    scope,
    documentId,
    hash,
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
    ...(metadata && { metadata: frozenCopy(metadata) }),
  })
}

/** Returns a document with another version. */
export function withVersion(document: StoredDocument, version: string | undefined): StoredDocument {
  const { version: _, ...rest } = document
  return Object.freeze({ ...rest, ...(version !== undefined && { version }) })
}

/** Returns a frozen copy of a chunk without its terms and its vector. */
export function toStoredChunk(chunk: StoredChunk): StoredChunk {
  const { chunkId, text, start, end, page, section, verbatimEnd, url, rectangles } = chunk
  return Object.freeze({
    chunkId,
    text,
    start,
    end,
    ...(page !== undefined && { page }),
    ...(section && { section: Object.freeze([...section]) }),
    ...(verbatimEnd !== undefined && { verbatimEnd }),
    ...(url !== undefined && { url }),
    ...(rectangles && { rectangles: frozenCopy(rectangles) }),
  })
}

/** Returns the manifest entry of a document. */
export function toManifestEntry({ scope, documentId, hash, version }: StoredDocument): ManifestEntry {
  return { scope, documentId, hash, ...(version !== undefined && { version }) }
}

/** Copies a value of JSON, and freezes all of it. JSON keeps a field named `__proto__`, and drops `undefined`. */
function frozenCopy<T extends object>(value: T): T {
  return freezeAll(JSON.parse(JSON.stringify(value)))
}

/** Freezes a value that JSON.parse returned. */
export function freezeAll<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freezeAll(inner)
  return Object.freeze(value)
}
