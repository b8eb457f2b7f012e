import { describeValue, type OptionNames } from '../../core/options/expect-options.ts'
import { MAX_JSON_DEPTH } from '../../core/options/max-json-depth.ts'
import { isPlainObject } from '../../core/options/plain-object.ts'
import { messageOf } from '../../core/vocabulary/chat-error.ts'
import { DocumentError } from '../documents/document-error.ts'
import type { KnowledgeDocument } from '../documents/knowledge-document.ts'

const MAX_ID_BYTES = 1_024
const LABEL_CHARS = 200

const FIELDS: OptionNames<KnowledgeDocument> = {
  documentId: true,
  content: true,
  mediaType: true,
  version: true,
  title: true,
  url: true,
  metadata: true,
}

/** A document from outside: a copy of it, or the reason for which it is skipped. */
export interface ReadDocument {
  /** Names the document in messages and events: its id, or its place among the documents. */
  readonly label: string
  /** The id, if it is valid. A document with another invalid field has it, too. */
  readonly documentId: string | undefined
  /** The copy, or the error `invalid-document` that names the field. */
  readonly document: KnowledgeDocument | DocumentError
}

/** Options of {@link readDocument}. */
export interface ReadDocumentOptions {
  /** The place of the document, such as `documents[2]`. */
  readonly place: string
  /** A larger content is not copied, because it is refused later. */
  readonly maxContentBytes: number
}

/**
 * Checks and copies the fields of a document from outside. It is copied at once, because a source may use the same object
 * or buffer for its next document while this one is still read.
 */
export function readDocument(value: unknown, { place, maxContentBytes }: ReadDocumentOptions): ReadDocument {
  let label = place
  let documentId: string | undefined
  try {
    const id = typeof value === 'object' && value !== null && 'documentId' in value ? value.documentId : undefined
    if (typeof id === 'string' && id !== '') label = id.slice(0, LABEL_CHARS)
    if (isId(id)) label = documentId = id
    return { label, documentId, document: copyDocument(value, label, maxContentBytes) }
  } catch (thrown) {
    if (thrown instanceof DocumentError) return { label, documentId, document: thrown }
    // A field may be a getter that throws, such as one of a lazy record.
    return { label, documentId, document: invalid(label, `a field cannot be read: ${messageOf(thrown)}`, thrown) }
  }
}

function copyDocument(value: unknown, label: string, maxContentBytes: number): KnowledgeDocument {
  const wrong = (what: string): DocumentError => invalid(label, what)
  if (!isDocument(value)) throw wrong(`it must be an object, and it is ${describeValue(value)}`)
  const { documentId, content, mediaType, version, title, url, metadata } = value
  if (typeof documentId !== 'string' || documentId === '' || bytesOf(documentId) > MAX_ID_BYTES)
    throw wrong(`its documentId must be a string of 1 to ${MAX_ID_BYTES} bytes`)
  if (!isStorable(documentId)) throw wrong('its documentId contains a NUL character or an unpaired surrogate')
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(FIELDS, field))
  // A `scope` that is ignored would show the document to every scope.
  if (unknown === 'scope') throw wrong('a document has no scope; pass it to sync() or add() for all of them')
  if (unknown !== undefined) throw wrong(`it has the unknown field ${unknown}`)
  if (content === undefined || content === null) throw wrong('it has no content')
  for (const [field, part] of Object.entries({ mediaType, version, title, url })) {
    if (part === undefined) continue
    if (typeof part !== 'string') throw wrong(`its ${field} must be a string`)
    if (!isStorable(part)) throw wrong(`its ${field} contains a NUL character or an unpaired surrogate`)
  }
  if (metadata !== undefined && !isJsonObject(metadata))
    throw wrong('its metadata must be a JSON object without NUL characters and unpaired surrogates')
  const isCopied = content instanceof Uint8Array && content.length <= maxContentBytes
  return {
    documentId,
    content: isCopied ? new Uint8Array(content) : content,
    mediaType,
    version,
    title,
    url,
    metadata: metadata && JSON.parse(JSON.stringify(metadata)),
  }
}

function invalid(label: string, what: string, cause?: unknown): DocumentError {
  return new DocumentError(`Cannot index ${label}: ${what}`, { code: 'invalid-document', cause })
}

function isDocument(value: unknown): value is KnowledgeDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && bytesOf(value) <= MAX_ID_BYTES && isStorable(value)
}

function isJsonObject(value: unknown): boolean {
  return isPlainObject(value) && isJson(value, MAX_JSON_DEPTH)
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return true
  if (depth === 0 || typeof value !== 'object') return false
  // A copy, because `every` skips the holes of an array.
  if (Array.isArray(value)) return [...value].every((item) => isJson(item, depth - 1))
  // `__proto__` sets the prototype when JSON is read back. JSON leaves out a field that is undefined.
  return (
    isPlainObject(value) &&
    Object.entries(value).every(
      ([key, inner]) => key !== '__proto__' && isStorable(key) && (inner === undefined || isJson(inner, depth - 1)),
    )
  )
}
