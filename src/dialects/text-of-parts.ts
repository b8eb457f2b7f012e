import { isRecord } from '../core/options/plain-object.ts'

/**
 * Joins the texts of the parts of one message, each on a line of its own. Parts of other types, and those without a text,
 * are left out. `type` is the name that a protocol has for a part of text.
 */
export function textOfParts(parts: readonly unknown[], type = 'text'): string {
  return parts.flatMap((part) => (isTextPart(part, type) ? [part.text] : [])).join('\n')
}

/** True for a part of this type that has a text. */
export function isTextPart(part: unknown, type = 'text'): part is { readonly text: string } {
  return isRecord(part) && part['type'] === type && typeof part['text'] === 'string'
}
