import { ChatError } from '../vocabulary/chat-error.ts'
import type { ErrorCode } from '../vocabulary/error-codes.ts'
import { describeValue } from '../options/expect-options.ts'
import { isRecord } from '../options/plain-object.ts'
import type { SourceLocation } from '../vocabulary/sources.ts'
import type { Chunk, RetrievedChunk } from '../vocabulary/retriever.ts'

/** The source of the chunks, and the code of the error for bad ones. */
export interface ChunkOrigin {
  /** As an error names it, such as `The retriever`. */
  readonly name: string
  /** Code of the error if its answer is invalid. */
  readonly code: ErrorCode
}

/** Longest id of a document or chunk, in UTF-16 code units: an id is repeated in every source. */
const MAX_ID_CHARS = 4_096

/**
 * Checks chunks where they come in. Ids and text must be there; what else is no value of its field is repaired where that
 * is certain (a number as a title, a score in digits, as databases give them), and else left out. So a result never holds
 * what a record cannot.
 *
 * @throws ChatError that names the field
 */
export function cleanChunks(found: unknown, origin: ChunkOrigin): readonly RetrievedChunk[] {
  if (!Array.isArray(found)) throw bad(origin, `no list of chunks, but ${describeValue(found)}`)
  return found.map((item: unknown) => cleanChunk(item, origin))
}

/** Checks one chunk, as {@link cleanChunks} does. A chunk that is good is given back as the same object. */
export function cleanChunk(found: unknown, origin: ChunkOrigin): RetrievedChunk {
  const { chunk, score } = isRecord(found) ? found : {}
  if (!isRecord(chunk)) throw bad(origin, `a chunk that is ${describeValue(chunk)}`)
  const { title, url, location, metadata } = chunk
  const documentId = expectId('documentId', chunk['documentId'], origin)
  const chunkId = expectId('chunkId', chunk['chunkId'], origin)
  const { text } = chunk
  if (typeof text !== 'string') throw bad(origin, `a chunk whose text is no string, but ${describeValue(text)}`)
  const isGood =
    isAbsentOr(title, 'string') &&
    isAbsentOr(url, 'string') &&
    (score === undefined || Number.isFinite(score)) &&
    (location === undefined || isLocation(location)) &&
    (metadata === undefined || isRecord(metadata))
  // Every field of a chunk was looked at.
  if (isGood) return found as RetrievedChunk
  const cleaned: Chunk = {
    ...chunk,
    documentId,
    chunkId,
    text,
    ...only('title', toText(title)),
    ...only('url', toAddress(url)),
    ...only('location', toLocation(location)),
    ...only('metadata', isRecord(metadata) ? metadata : undefined),
  }
  return { ...(found as object), chunk: cleaned, ...only('score', toNumber(score)) }
}

function expectId(field: 'documentId' | 'chunkId', id: unknown, origin: ChunkOrigin): string {
  if (typeof id !== 'string') throw bad(origin, `a chunk whose ${field} is no string, but ${describeValue(id)}`)
  if (id.length <= MAX_ID_CHARS) return id
  throw bad(origin, `a chunk whose ${field} has ${id.length} characters: at most ${MAX_ID_CHARS} are taken`)
}

/** The field, which takes the place of another value also when it is left out. */
function only<Field extends string, T>(field: Field, value: T | undefined): { readonly [F in Field]?: T } {
  // An optional field that is undefined is as good as absent to every reader of chunks.
  return { [field]: value } as { readonly [F in Field]?: T }
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

/** An address as text. One of another kind becomes an empty one, which is left out later with a warning. */
function toAddress(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  return value instanceof URL ? value.href : ''
}

/** A number, also one in digits: drivers give decimals and big integers as text. */
function toNumber(value: unknown): number | undefined {
  const isNumeric =
    typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value.trim())
  const number = isNumeric ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
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
