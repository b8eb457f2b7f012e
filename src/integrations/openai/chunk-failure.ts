import { isRecord } from '../../core/options/plain-object.ts'
import type { Facts } from '../upstream/error-facts.ts'
import { isKeepAlive } from './is-keep-alive.ts'
import { readFinishReason } from '../upstream/finish-reason.ts'

/**
 * Returns the failure that a chunk reports, or `undefined`. Servers report it in many forms: an `error` at the top level,
 * in the choice or in a separate header, a finish reason for failures, or an object without choices that describes a
 * failure.
 */
export function failureIn(chunk: object): unknown {
  // Not copied, because this runs for many tokens.
  const facts = chunk as Facts
  const { error, errors, object, type, choices, x_groq: groq, base_resp: baseResp } = facts
  if (isTold(error)) return error
  if (isTold(errors)) return errors
  if (object === 'error' || type === 'error') return chunk
  if (isRecord(groq) && isTold(groq['error'])) return groq['error']
  if (isRecord(baseResp) && saysBadCode(baseResp)) return baseResp
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  return isRecord(choice) ? failureInChoice(choice, chunk) : failureWithoutChoice(facts)
}

function failureInChoice(choice: Facts, chunk: object): unknown {
  const { error, error_message: errorMessage, delta, message, finish_reason: word } = choice
  if (isTold(error)) return error
  if (isTold(errorMessage)) return choice
  const said = delta ?? message
  if (isRecord(said) && isTold(said['error'])) return said['error']
  return word && readFinishReason(word).type === 'failure' ? chunk : undefined
}

function failureWithoutChoice(facts: Facts): unknown {
  if (isPing(facts)) return undefined
  if (saysBadCode(facts) || saysFailure(facts)) return facts
  return Object.entries(facts).find(([key, value]) => isFailure(key, value))?.[1]
}

// AWS names the error by its key: `throttlingException`.
function isFailure(key: string, value: unknown): boolean {
  return isRecord(value) && (/(?:exception|error|fault)$/iu.test(key) || saysBadCode(value) || isTold(value['error']))
}

const NOTICE = /^(?:comment|status|progress|info|notice|warning|log|debug)$/iu
const WAITING =
  /^(?:queued?|processing|in.?progress|pending|loading|waiting|starting|running|started|connected|open)$/iu

/** Returns true if an object is only a keep-alive or a progress report. */
function isPing({ type, object, event, status, state, ping, progress }: Facts): boolean {
  if (ping !== undefined || typeof progress === 'number') return true
  return [type, object, event, status, state].some(
    (word) => typeof word === 'string' && (isKeepAlive(word) || NOTICE.test(word) || WAITING.test(word)),
  )
}

// Compared without case and punctuation, because servers differ in both.
const TOLD_BY = new Set(
  'error errors err errormsg errormessage errmsg detail details fault exception message msg'.split(' '),
)
const CODES = new Set('code errorcode errcode statuscode retcode resultcode'.split(' '))
const GOOD_CODES = new Set(['', '0', '00000', '200', 'ok', 'success', 'succeeded', 'null'])

/** Returns true if an object has the code or status of a failure. */
function saysBadCode(facts: Facts): boolean {
  return Object.entries(facts).some(([key, value]) => {
    const name = plain(key)
    if (CODES.has(name)) return isScalar(value) && !GOOD_CODES.has(String(value).toLowerCase())
    return name === 'status' ? isBadStatus(value) : (name === 'success' || name === 'ok') && value === false
  })
}

/**
 * Returns true if an object describes a failure. With a success code, a message such as "Success" does not describe
 * one.
 */
function saysFailure(facts: Facts): boolean {
  const entries = Object.entries(facts).map(([key, value]) => [plain(key), value] as const)
  const isGood = entries.some(([key, value]) => CODES.has(key) && isScalar(value) && value !== '')
  return !isGood && entries.some(([key, value]) => TOLD_BY.has(key) && tells(key, value))
}

function isBadStatus(status: unknown): boolean {
  return typeof status === 'string' ? /^(?:error|fail|[45]\d\d$)/iu.test(status) : Number(status) >= 400
}

// A `message` that is an object is the message of a chat.
function tells(key: string, value: unknown): boolean {
  return key === 'message' ? typeof value === 'string' && value !== '' : isTold(value)
}

/** Returns true if a field has a value: many servers always send an empty error field. */
function isTold(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return typeof value === 'string'
    ? value.trim() !== ''
    : value !== undefined && value !== null && value !== false && value !== 0
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z]/gu, '')
}
