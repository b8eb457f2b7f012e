import { SUPPORTS, type CitationSupport } from '../vocabulary/citations.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { TextRange } from '../vocabulary/text-range.ts'
import { cutText, trimRange } from '../text/cut-text.ts'
import { ChatError } from '../vocabulary/chat-error.ts'

// Generous limits: a reason is usually a word, but each citation repeats it.
const MAX_REASONS = 16
const MAX_REASON_CHARS = 256

type Outcome = { readonly [Field in keyof CitationSupport]?: unknown }

/**
 * Validates the outcome of a check and copies the known fields.
 *
 * @throws ChatError when it is not a valid outcome
 */
export function toSupport(outcome: unknown, source: Pick<Source, 'text'>): CitationSupport | undefined {
  if (outcome === undefined || outcome === null) return undefined
  const { support, reasons = [], passage } = Object(outcome) as Outcome
  const known = SUPPORTS.find((word) => word === support)
  if (!known) {
    const message = `A citation check returned the support ${String(support)}: it must be one of ${SUPPORTS.join(', ')}`
    throw new ChatError(message, { code: 'internal' })
  }
  if (!Array.isArray(reasons) || reasons.some((reason) => typeof reason !== 'string')) {
    throw new ChatError('A citation check returned reasons that are not a list of strings', { code: 'internal' })
  }
  const short = reasons.slice(0, MAX_REASONS).map((reason: string) => cutText(reason, MAX_REASON_CHARS).toWellFormed())
  if (passage === undefined || passage === null) return { support: known, reasons: short }
  return { support: known, reasons: short, passage: toPassage(passage, source.text) }
}

/** Returns the passage without white space around it. It is widened if it would split a surrogate pair. */
function toPassage(passage: unknown, text: string): TextRange {
  const { start, end } = Object(passage) as { readonly start?: unknown; readonly end?: unknown }
  if (!isOffset(start) || !isOffset(end) || start >= end || end > text.length) {
    const shown = `${String(start)} to ${String(end)}`
    const rule = `its start and end must be integers from 0 to ${text.length}, the length of the source's text`
    throw new ChatError(`A citation check returned a passage from ${shown}: ${rule}`, { code: 'internal' })
  }
  const from = splitsPair(text, start) ? start - 1 : start
  const range = trimRange(text, { start: from, end: splitsPair(text, end) ? end + 1 : end })
  if (range.start < range.end) return range
  throw new ChatError('A citation check returned a passage that is only white space', { code: 'internal' })
}

function splitsPair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff
}

function isOffset(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}
