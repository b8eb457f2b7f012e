import { isRecord } from '../../core/options/plain-object.ts'

/** The fields of an error, with any values. */
export type Facts = Readonly<Record<string, unknown>>

/** Returns the fields of a thrown or reported error; a string becomes the message. */
export function factsOf(value: unknown): Facts {
  if (typeof value === 'string') return { message: value }
  // Copied explicitly, because `message` of an Error is not enumerable.
  const message = value instanceof Error ? { message: value.message } : {}
  return isRecord(value) ? { ...value, ...message } : {}
}
