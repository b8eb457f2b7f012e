import { ChatError } from '../errors.ts'
import type { CondensedQuestion } from './condenser.ts'

/**
 * Checks what a condenser answers: it may be the caller's own.
 *
 * @throws ChatError `upstream-bad-response` that names the field
 */
export function expectCondensed(answer: unknown): CondensedQuestion {
  const { query, also, usage } = Object(answer) as Partial<CondensedQuestion>
  if (typeof query !== 'string') throw bad('query', 'a string', query)
  if (also !== undefined && !(Array.isArray(also) && also.every(isWeighted))) {
    throw bad('also', 'a list of { query, weight }', also)
  }
  return { query: query.toWellFormed(), ...(also && { also }), ...(isObject(usage) && { usage }) }
}

function isWeighted(value: unknown): boolean {
  return isObject(value) && 'query' in value && typeof value.query === 'string' && hasWeight(value)
}

function hasWeight(value: object): boolean {
  return 'weight' in value && Number.isFinite(value.weight)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function bad(field: string, expected: string, value: unknown): ChatError {
  const message = `The condenser answered with a ${field} that is no ${expected.replace(/^a /u, '')}, but ${typeof value}`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
