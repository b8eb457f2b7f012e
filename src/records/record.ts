import * as z from 'zod'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** The stored form of a value. */
export interface RecordFormat<T> {
  /** The kind of value, as error messages name it. */
  readonly name: string
  /** The version that is written, and the latest one that can be read. */
  readonly version: number
  /** Validates a stored value. */
  readonly schema: z.ZodType<T>
}

const envelopeSchema = z.object({ v: z.int().min(1), value: z.unknown() })

/** Encodes a value as a record. */
export function encodeRecord<T>({ version }: RecordFormat<T>, value: T): string {
  // This runs for each token: concatenating strings is cheaper than wrapping the value in an object.
  return `{"v":${version},"value":${JSON.stringify(value)}}`
}

/** The outcome of reading a record. */
export type ReadRecord<T> =
  | { readonly value: T }
  /** The error. Neither its message nor its cause has content of the record, because errors are logged. */
  | { readonly flaw: ChatError }

/**
 * Decodes a record; returns an error for an invalid one. Unknown fields are left out.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version: it is valid, but only a newer release can read it
 */
export function readRecord<T>({ name, version, schema }: RecordFormat<T>, record: string): ReadRecord<T> {
  const envelope = envelopeSchema.safeParse(parse(record)).data
  if (!envelope) return { flaw: unreadable(`Cannot read ${name}: the stored value is not a record`) }
  if (envelope.v > version) {
    throw unreadable(`Cannot read ${name} of version ${envelope.v}: this server reads up to version ${version}`)
  }
  const checked = tryToCheck(schema, envelope.value)
  return checked ?? { flaw: unreadable(`Cannot read ${name}: the stored value is not valid`) }
}

/**
 * Decodes a record, as {@link readRecord} does.
 *
 * @throws ChatError `store-unavailable` for a record that is invalid or of a newer version
 */
export function decodeRecord<T>(format: RecordFormat<T>, record: string): T {
  const read = readRecord(format, record)
  if ('flaw' in read) throw read.flaw
  return read.value
}

function tryToCheck<T>(schema: z.ZodType<T>, value: unknown): { readonly value: T } | undefined {
  try {
    const { success, data } = schema.safeParse(value)
    return success ? { value: data } : undefined
  } catch {
    // Validation is recursive, so a value that is nested too deeply causes a RangeError.
    return undefined
  }
}

function parse(record: string): unknown {
  try {
    return JSON.parse(record)
  } catch {
    // The parser's error quotes the text, so it is dropped. `undefined` is not a valid record either.
    return undefined
  }
}

function unreadable(message: string): ChatError {
  return new ChatError(message, { code: 'store-unavailable', retryable: false })
}
