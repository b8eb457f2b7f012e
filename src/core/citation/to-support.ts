import { SUPPORTS, type CitationSupport } from '../vocabulary/citations.ts'
import { cutText } from '../text/cut-text.ts'
import { ChatError } from '../vocabulary/chat-error.ts'

// Generous limits: a reason is usually a word, but each citation repeats it.
const MAX_REASONS = 16
const MAX_REASON_CHARS = 256

/**
 * Validates the outcome of a check and copies the known fields.
 *
 * @throws ChatError when it is not a valid outcome
 */
export function toSupport(outcome: unknown): CitationSupport | undefined {
  if (outcome === undefined || outcome === null) return undefined
  const { support, reasons = [] } = Object(outcome) as { readonly support?: unknown; readonly reasons?: unknown }
  const known = SUPPORTS.find((word) => word === support)
  if (!known) {
    const message = `A citation check returned the support ${String(support)}: it must be one of ${SUPPORTS.join(', ')}`
    throw new ChatError(message, { code: 'internal' })
  }
  if (!Array.isArray(reasons) || reasons.some((reason) => typeof reason !== 'string')) {
    throw new ChatError('A citation check returned reasons that are not a list of strings', { code: 'internal' })
  }
  const short = reasons.slice(0, MAX_REASONS).map((reason: string) => cutText(reason, MAX_REASON_CHARS).toWellFormed())
  return { support: known, reasons: short }
}
