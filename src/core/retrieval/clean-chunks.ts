import { ChatError } from '../vocabulary/chat-error.ts'
import type { ErrorCode } from '../vocabulary/error-codes.ts'
import { describeValue } from '../options/expect-options.ts'
import { isRecord } from '../options/plain-object.ts'
import type { SourceLocation } from '../vocabulary/sources.ts'
import type { Chunk, RetrievedChunk } from '../vocabulary/retriever.ts'

/** The sender of the chunks, and the error code for invalid ones. */
export interface ChunkOrigin {
  /** Its name in error messages, such as `The retriever`. */
  readonly name: string
  /** Error code for invalid chunks. */
  readonly code: ErrorCode
}

/** Maximum length of the id of a document or chunk, in UTF-16 code units: an id is repeated in every source. */
const MAX_ID_CHARS = 4_096

/**
 * Checks chunks from outside. Ids and text are required. Another invalid field is repaired if its meaning is clear,
 * such as a number as a title or a score as text, else left out. So a result never has values that cannot be stored.
 *
 * @throws ChatError that names the field
 */
export function cleanChunks(found: unknown, origin: ChunkOrigin): readonly RetrievedChunk[] {
  if (!Array.isArray(found)) throw bad(origin, `${describeValue(found)} instead of a list of chunks`)
  return found.map((item: unknown) => cleanChunk(item, origin))
}

/** Checks one chunk, as {@link cleanChunks} does. A valid chunk is returned as the same object. */
export function cleanChunk(found: unknown, origin: ChunkOrigin): RetrievedChunk {
  const { chunk, score } = isRecord(found) ? found : {}
  if (!isRecord(chunk)) throw bad(origin, `${describeValue(chunk)} as chunk: it must be an object`)
  const { title, section, verbatimEnd, url, location, revision, before, after, metadata } = chunk
  const documentId = expectId('documentId', chunk['documentId'], origin)
  const chunkId = expectId('chunkId', chunk['chunkId'], origin)
  const { text } = chunk
  if (typeof text !== 'string') throw bad(origin, `${describeValue(text)} as text: it must be a string`)
  const isGood =
    isAbsentOr(title, 'string') &&
    (section === undefined || isSection(section)) &&
    [url, revision, before, after].every((text) => isAbsentOr(text, 'string')) &&
    (verbatimEnd === undefined || isLength(verbatimEnd)) &&
    (score === undefined || Number.isFinite(score)) &&
    (location === undefined || isLocation(location)) &&
    (metadata === undefined || isRecord(metadata))
  // All fields of the chunk were checked above.
  if (isGood) return found as RetrievedChunk
  const cleaned: Chunk = {
    ...chunk,
    documentId,
    chunkId,
    text,
    ...only('title', toText(title)),
    ...only('section', toSection(section)),
    ...only('verbatimEnd', isLength(verbatimEnd) ? verbatimEnd : undefined),
    ...only('url', toAddress(url)),
    ...only('location', toLocation(location)),
    ...only('revision', toText(revision)),
    ...only('before', toText(before)),
    ...only('after', toText(after)),
    ...only('metadata', isRecord(metadata) ? metadata : undefined),
  }
  return { ...(found as object), chunk: cleaned, ...only('score', toNumber(score)) }
}

function expectId(field: 'documentId' | 'chunkId', id: unknown, origin: ChunkOrigin): string {
  if (typeof id !== 'string') throw bad(origin, `${describeValue(id)} as ${field}: it must be a string`)
  if (id.length <= MAX_ID_CHARS) return id
  throw bad(origin, `a ${field} of ${id.length} characters: it must have at most ${MAX_ID_CHARS}`)
}

/** Returns an object with one field, even if its value is `undefined`, so that it overwrites the invalid value. */
function only<Field extends string, T>(field: Field, value: T | undefined): { readonly [F in Field]?: T } {
  // All code that reads chunks treats `undefined` like an absent field.
  return { [field]: value } as { readonly [F in Field]?: T }
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

function isSection(value: unknown): boolean {
  return Array.isArray(value) && value.every((heading) => typeof heading === 'string')
}

/** Converts headings to text. One heading may come without a list; others that are no text are left out. */
function toSection(value: unknown): readonly string[] | undefined {
  const headings = (Array.isArray(value) ? value : [value]).flatMap((heading: unknown) => toText(heading) ?? [])
  return headings.length === 0 ? undefined : headings
}

/** Converts an address to text. A value of another type becomes empty text, which is left out later with a warning. */
function toAddress(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  return value instanceof URL ? value.href : ''
}

/** Converts a value to a number, also from text, because database drivers return decimals and big integers as text. */
function toNumber(value: unknown): number | undefined {
  const isNumeric =
    typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value.trim())
  const number = isNumeric ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function toLocation(value: unknown): SourceLocation | undefined {
  if (!isRecord(value)) return undefined
  const fields = LOCATION_FIELDS.flatMap((field) => {
    const number = toNumber(value[field])
    return number === undefined ? [] : [[field, number] as const]
  })
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

const LOCATION_FIELDS = ['page', 'start', 'end'] as const

function isLocation(value: unknown): boolean {
  return (
    isRecord(value) && LOCATION_FIELDS.every((field) => value[field] === undefined || Number.isFinite(value[field]))
  )
}

function isAbsentOr(value: unknown, type: 'string'): boolean {
  return value === undefined || typeof value === type
}

function bad({ name, code }: ChunkOrigin, what: string): ChatError {
  return new ChatError(`${name} returned ${what}`, { code })
}
