import * as z from 'zod'
import { ChatError } from '../core/errors.ts'

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

/**
 * Reads a record back. Fields that nobody knows are left out.
 *
 * @throws ChatError `store-unavailable` for a record of a newer version, and for what is no record. It does not say what
 * was in it, nor hold a cause that does, because errors go into logs.
 */
export function decodeRecord<T>({ name, version, schema }: RecordFormat<T>, record: string): T {
  const envelope = envelopeSchema.safeParse(parse(record)).data
  if (!envelope) throw unreadable(`Cannot read ${name}: what is stored is none`)
  if (envelope.v > version) {
    throw unreadable(`Cannot read ${name} of version ${envelope.v}: this server reads up to version ${version}`)
  }
  const checked = schema.safeParse(envelope.value)
  if (!checked.success) throw unreadable(`Cannot read ${name}: what is stored is not valid`)
  return checked.data
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
