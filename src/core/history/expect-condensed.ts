import { ChatError } from '../vocabulary/chat-error.ts'
import type { CondensedQuestion } from '../vocabulary/condenser.ts'

/**
 * Checks what a condenser answers: it may be the caller's own. A further query whose weight is no finite number is left
 * out.
 *
 * @throws ChatError `upstream-bad-response` that names the field
 */
export function expectCondensed(answer: unknown): CondensedQuestion {
  const { query, also, usage } = Object(answer) as { readonly [Field in keyof CondensedQuestion]?: unknown }
  if (typeof query !== 'string') throw bad('query', 'a string', query)
  if (also !== undefined && !isListOfQueries(also)) throw bad('also', 'a list of { query, weight }', also)
  return {
    query: query.toWellFormed(),
    ...(also && { also: also.filter(({ weight }) => Number.isFinite(weight)) }),
    // Its numbers are checked where they are counted.
    ...(typeof usage === 'object' && usage !== null && { usage: usage as NonNullable<CondensedQuestion['usage']> }),
  }
}

function isListOfQueries(value: unknown): value is NonNullable<CondensedQuestion['also']> {
  return Array.isArray(value) && value.every((item: unknown) => isQuery(item))
}

function isQuery(value: unknown): boolean {
  const { query, weight } = Object(value) as { readonly query?: unknown; readonly weight?: unknown }
  return typeof query === 'string' && typeof weight === 'number'
}

function bad(field: string, expected: string, value: unknown): ChatError {
  const message = `The condenser answered with a ${field} that is not ${expected} but ${typeof value}`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
