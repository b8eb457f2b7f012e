import { isRecord } from '../../core/options/plain-object.ts'

/** The fields of an error, whatever they hold. */
export type Facts = Readonly<Record<string, unknown>>

/** The fields of what was thrown or reported as an error; a text is its message. */
export function factsOf(value: unknown): Facts {
  if (typeof value === 'string') return { message: value }
  // Written out, because the message of an error is no field that a copy has.
  const message = value instanceof Error ? { message: value.message } : {}
  return isRecord(value) ? { ...value, ...message } : {}
}
