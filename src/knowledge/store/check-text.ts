import { describeValue } from '../../core/options/expect-options.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/** Maximum length of a scope and of the id of a document, in bytes of UTF-8, so that an index of a database can hold both. */
export const MAX_ID_BYTES = 1024

/** Rules of an id. */
export interface IdRules {
  /** True if the empty string is allowed. @defaultValue false */
  readonly mayBeEmpty?: boolean
  /** Maximum length in bytes of UTF-8. @defaultValue {@link MAX_ID_BYTES} */
  readonly maxBytes?: number
}

/** Checks an id and returns it. */
export function checkId(
  value: unknown,
  at: string,
  { mayBeEmpty = false, maxBytes = MAX_ID_BYTES }: IdRules = {},
): string {
  const id = checkText(value, at)
  if (id === '' && !mayBeEmpty) throw invalidInput(at, `Cannot index ${at}: it is empty`)
  // A UTF-16 code unit has at most three bytes, so that most ids need not be encoded.
  const bytes = id.length * 3 <= maxBytes ? 0 : new TextEncoder().encode(id).length
  if (bytes <= maxBytes) return id
  throw invalidInput(at, `Cannot index ${at}: it has ${bytes} bytes, and the limit is ${maxBytes}`)
}

/**
 * Checks a text and returns it. Databases cannot hold a NUL character or an unpaired surrogate, so that no store accepts
 * them: an index then fits into every store.
 */
export function checkText(value: unknown, at: string): string {
  if (typeof value !== 'string') {
    throw invalidInput(at, `Cannot index ${at}: it must be a string, and it is ${describeValue(value)}`)
  }
  const flaw = flawOfText(value)
  if (flaw === undefined) return value
  throw invalidInput(at, `Cannot index ${at}: it contains ${flaw}; replace it, for example with '\\uFFFD'`)
}

/** Names what a database cannot hold of a text; `undefined` if it can hold all of it. */
export function flawOfText(text: string): string | undefined {
  if (!text.isWellFormed()) return 'an unpaired surrogate'
  return text.includes('\0') ? 'a NUL character' : undefined
}
