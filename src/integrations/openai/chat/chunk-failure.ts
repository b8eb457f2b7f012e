import { isRecord } from '../../../core/options/plain-object.ts'
import type { Facts } from '../../upstream/error-facts.ts'
import { readFinishReason } from '../../upstream/finish-reason.ts'
import { failureAtTop, failureDescribed, isTold } from '../transport/reported-failure.ts'

/**
 * Returns the failure that a chunk reports, or `undefined`. Servers report it in many forms: an `error` at the top level,
 * in the choice or in a separate header, a finish reason for failures, or an object without choices that describes a
 * failure.
 */
export function failureIn(chunk: object): unknown {
  // Not copied, because this runs for many tokens.
  const facts = chunk as Facts
  const { choices, x_groq: groq } = facts
  const failure = failureAtTop(facts)
  if (failure !== undefined) return failure
  if (isRecord(groq) && isTold(groq['error'])) return groq['error']
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  return isRecord(choice) ? failureInChoice(choice, chunk) : failureDescribed(facts)
}

function failureInChoice(choice: Facts, chunk: object): unknown {
  const { error, error_message: errorMessage, delta, message, finish_reason: word } = choice
  if (isTold(error)) return error
  if (isTold(errorMessage)) return choice
  const said = delta ?? message
  if (isRecord(said) && isTold(said['error'])) return said['error']
  return word && readFinishReason(word).type === 'failure' ? chunk : undefined
}
