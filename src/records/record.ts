import * as z from 'zod'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** How something is kept as text. */
export interface RecordFormat<T> {
  /** What is kept, as an error names it. */
  readonly name: string
  /** The version that is written, and the latest that can be read. */
  readonly version: number
  readonly schema: z.ZodType<T>
}

const envelopeSchema = z.object({ v: z.int().min(1), value: z.unknown() })

/** Makes a record. */
export function encodeRecord<T>({ version }: RecordFormat<T>, value: T): string {
  // This stands in the path of every token: text around the text is cheaper than an object around the value.
  return `{"v":${version},"value":${JSON.stringify(value)}}`
}

/** The outcome of reading a record. */
export type ReadRecord<T> =
  | { readonly value: T }
  /** The reason why it cannot be read. It has nothing of the content, also not as a cause, because errors go into logs. */
  | { readonly flaw: ChatError }

/**
 * Reads a record. Unknown fields are left out.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version: it is a good one, and only another server can
 * tell what it means
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
 * Reads a record back, as {@link readRecord} does.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version, and for one that cannot be read
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
    // The check calls itself for each level, so that a value nested too deep ends in a RangeError.
    return undefined
  }
}

function parse(record: string): unknown {
  try {
    return JSON.parse(record)
  } catch {
    // The error of the parser quotes what it read; undefined is no record either.
    return undefined
  }
}

function unreadable(message: string): ChatError {
  return new ChatError(message, { code: 'store-unavailable', retryable: false })
}
