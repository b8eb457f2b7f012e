import { isRecord } from '../../../core/options/plain-object.ts'
import type { Facts } from '../../upstream/error-facts.ts'
import { isKeepAlive } from './is-keep-alive.ts'

/** Returns the failure that an object reports at its top level, as most servers do, or `undefined`. */
export function failureAtTop(facts: Facts): unknown {
  const { error, errors, object, type, base_resp: baseResp } = facts
  if (isTold(error)) return error
  if (isTold(errors)) return errors
  if (object === 'error' || type === 'error') return facts
  return isRecord(baseResp) && saysBadCode(baseResp) ? baseResp : undefined
}

/** Returns the failure that an object without an answer describes in its own words, or `undefined`. */
export function failureDescribed(facts: Facts): unknown {
  if (isPing(facts)) return undefined
  // One pass, because the last chunk of each answer has no choices and comes here.
  let tellsFailure = false
  let hasCode = false
  let failure: unknown
  for (const [key, value] of Object.entries(facts)) {
    const name = plain(key)
    if (isBadCode(name, value)) return facts
    hasCode ||= CODES.has(name) && isScalar(value) && value !== ''
    tellsFailure ||= TOLD_BY.has(name) && tells(name, value)
    if (failure === undefined && isFailure(key, value)) failure = value
  }
  // With a success code, a message such as "Success" does not describe a failure.
  return tellsFailure && !hasCode ? facts : failure
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
  return Object.entries(facts).some(([key, value]) => isBadCode(plain(key), value))
}

function isBadCode(name: string, value: unknown): boolean {
  if (CODES.has(name)) return isScalar(value) && !GOOD_CODES.has(String(value).toLowerCase())
  return name === 'status' ? isBadStatus(value) : (name === 'success' || name === 'ok') && value === false
}

function isBadStatus(status: unknown): boolean {
  return typeof status === 'string' ? /^(?:error|fail|[45]\d\d$)/iu.test(status) : Number(status) >= 400
}

// A `message` that is an object is the message of a chat.
function tells(key: string, value: unknown): boolean {
  return key === 'message' ? typeof value === 'string' && value !== '' : isTold(value)
}

/** Returns true if a field has a value: many servers always send an empty error field. */
export function isTold(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return typeof value === 'string'
    ? value.trim() !== ''
    : value !== undefined && value !== null && value !== false && value !== 0
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function plain(key: string): string {
  const known = plainNames.get(key)
  if (known !== undefined) return known
  const name = key.toLowerCase().replaceAll(/[^a-z]/gu, '')
  if (key.length <= MOST_NAME_CHARS && plainNames.size < MOST_NAMES) plainNames.set(key, name)
  return name
}

// The names of a server repeat in each answer. Limited, because a server may send any number of them, of any length.
const plainNames = new Map<string, string>()
const MOST_NAMES = 500
const MOST_NAME_CHARS = 64
