import { SUPPORTS, type CitationSupport, type Support } from '../vocabulary/citations.ts'
import { cutText } from '../text/cut-text.ts'

/** Maximum length of a reason, in UTF-16 code units. */
const MAX_REASON_CHARS = 60

/**
 * Reads the verdict of a model: a JSON object, also inside other text, or a label alone. It is `undefined` if there is none,
 * or if there are two that differ. A doubtful verdict has a reason, `model:` and the words of the model.
 */
export function readVerdict(text: string): CitationSupport | undefined {
  const verdicts = objectsIn(text).flatMap((value) => toVerdict(value) ?? [])
  const [verdict] = verdicts
  if (verdict) return verdicts.every(({ support }) => support === verdict.support) ? verdict : undefined
  const support = labelIn(text.replace(/[\s*"'`.]+/gu, ''))
  return support && withReason(support, '')
}

/** Returns the whole text from its first to its last brace, if that is JSON; otherwise every object without objects in it. */
function objectsIn(text: string): readonly unknown[] {
  const whole = parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
  return whole === undefined ? Array.from(text.matchAll(/\{[^{}]*\}/gu), ([object]) => parse(object)) : [whole]
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function toVerdict(value: unknown): CitationSupport | undefined {
  const { support: label, reason } = Object(value) as { readonly support?: unknown; readonly reason?: unknown }
  const support = typeof label === 'string' ? labelIn(label) : undefined
  return support && withReason(support, typeof reason === 'string' ? reason : '')
}

function labelIn(text: string): Support | undefined {
  const word = text.trim().toLowerCase()
  return SUPPORTS.find((support) => support === word)
}

function withReason(support: Support, reason: string): CitationSupport {
  if (support === 'supported') return { support, reasons: [] }
  const line = `model:${
    reason
      .slice(0, 2 * MAX_REASON_CHARS)
      .replace(/\s+/gu, ' ')
      .trim() || support
  }`
  return { support, reasons: [cutText(line, MAX_REASON_CHARS).toWellFormed()] }
}
