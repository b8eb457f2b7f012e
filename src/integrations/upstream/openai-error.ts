import { ChatError, isChatError } from '../../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../../core/vocabulary/error-codes.ts'
import { factsOf, type Facts } from './error-facts.ts'

/** Maximum number of characters of a body in the cause of an error. */
export const START_OF_BODY = 2_048

/**
 * Converts an error of the official client to a {@link ChatError}. It is recognised by its fields and not by its class,
 * because an application may contain several copies of the package.
 */
export function fromOpenAIError(thrown: unknown): ChatError {
  if (isChatError(thrown)) return thrown
  const facts = factsOf(thrown)
  if (typeof facts['status'] !== 'number') {
    return new ChatError('Cannot reach the model', { code: 'upstream-unavailable', cause: thrown })
  }
  const headers = isHeaders(facts['headers']) ? facts['headers'] : undefined
  return fromStatus(facts['status'], { facts, cause: thrown, retryAfterMs: headers && retryAfter(headers) })
}

/** A response with a status that means a failure. */
export interface FailedResponse {
  /** The fields of the reported error. */
  readonly facts: Facts
  /** The thrown error. */
  readonly cause: unknown
  /** The wait that the server requests, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** True if another attempt may succeed, as the client sees it. @defaultValue by the status */
  readonly retryable?: boolean | undefined
}

/** Converts a response with a status of 400 or more to a {@link ChatError}. */
export function fromStatus(status: number, response: FailedResponse): ChatError {
  const { facts, cause, retryAfterMs } = response
  const broke = status === 402 || hasNoCredit(facts)
  return new ChatError(broke ? NO_CREDIT : `The model answered with status ${status}`, {
    code: codeOfStatus(status),
    cause,
    retryable: broke ? false : response.retryable,
    retryAfterMs,
  })
}

/**
 * Converts an error of a stream of parsed chunks to a {@link ChatError}. The client throws for an error that the server
 * reports in its stream, and for invalid JSON. `arrived` is false before the first chunk: a wrapper may send the request
 * when that chunk is read.
 */
export function fromChunksError(thrown: unknown, { arrived }: { readonly arrived: boolean }): ChatError {
  if (isChatError(thrown)) return thrown
  const facts = factsOf(thrown)
  if (typeof facts['status'] === 'number') return fromOpenAIError(thrown)
  const reported = [facts['error'], facts['code'], facts['type']].some((fact) => fact !== undefined && fact !== null)
  if (facts['error'] !== undefined && reported) return fromStreamError(facts['error'])
  if (thrown instanceof SyntaxError) {
    return new ChatError('The model sent a chunk that is not JSON', { code: 'upstream-bad-response', cause: thrown })
  }
  if (!arrived) return fromOpenAIError(thrown)
  return new ChatError('The connection to the model broke', { code: 'upstream-disconnected', cause: thrown })
}

/** Converts an error that a server `reported` in a stream to a {@link ChatError}; `cause` is the error that has it. */
export function fromStreamError(reported: unknown, cause: unknown = reported): ChatError {
  const facts = factsOf(reported)
  const broke = hasNoCredit(facts)
  return new ChatError(broke ? NO_CREDIT : 'The model reported an error in its stream', {
    code: codeOfReport(facts),
    cause,
    ...(broke && { retryable: false }),
  })
}

const NO_CREDIT = 'The account of the model has no credit left: top it up or raise its limit'

// Checked by its method, because an injected `fetch` may use its own class.
function isHeaders(headers: unknown): headers is Headers {
  return typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function'
}

function codeOfReport(facts: Facts): ErrorCode {
  const status = ['code', 'status', 'status_code', 'error_code', 'statusCode']
    .map((name) => Number(facts[name]))
    .find((number) => number >= 400 && number <= 599)
  if (status !== undefined) return codeOfStatus(status)
  const code = codeOfWords(`${String(facts['code'])} ${String(facts['type'])} ${String(facts['status'])}`)
  return code ?? codeOfMessage(messageOf(facts)) ?? 'upstream-unavailable'
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream-auth'
  if (status === 429) return 'upstream-rate-limited'
  // A request timeout and a conflict are temporary; any other 4xx means that the request is invalid.
  if (status === 408 || status === 409 || status >= 500) return 'upstream-unavailable'
  return 'upstream-rejected'
}

function codeOfWords(words: string): ErrorCode | undefined {
  if (/rate.?limit|quota|too.?many.?requests|throttl/iu.test(words)) return 'upstream-rate-limited'
  if (/auth|api.?key|permission/iu.test(words)) return 'upstream-auth'
  if (
    /invalid.?(?:request|parameter|argument|prompt)|context.?length|model.?not.?found|content.?(?:filter|policy)/iu.test(
      words,
    )
  )
    return 'upstream-rejected'
  return undefined
}

// Stricter than for a code, because a message is free text.
function codeOfMessage(message: string): ErrorCode | undefined {
  if (NO_CREDIT_MESSAGE.test(message)) return 'upstream-rate-limited'
  if (/rate limit|too many requests|quota exceeded/iu.test(message)) return 'upstream-rate-limited'
  if (
    /unauthori[sz]ed|(?:invalid|incorrect|missing) (?:api.?)?(?:key|token|credentials)|authentication/iu.test(message)
  ) {
    return 'upstream-auth'
  }
  return /maximum context length|context.?length|context window/iu.test(message) ? 'upstream-rejected' : undefined
}

const NO_CREDIT_CODE = /quota|balance|billing|credit|payment|arrear|overdue/iu

// Without "you exceeded your current quota", which Gemini also uses for a limit per minute.
const NO_CREDIT_MESSAGE =
  /insufficient.{0,20}(?:quota|balance|credit|funds)|credit balance|out of credits|(?:no|more) credits|(?:all|available) credits|spending limit|payment required|in arrears|欠费|余额不足/iu

/** Returns true if the account has no credit left, so a retry is useless. */
function hasNoCredit(facts: Facts): boolean {
  const inner = factsOf(facts['error'])
  const words = [facts['code'], facts['type'], inner['code'], inner['type']].filter((word) => typeof word === 'string')
  if (words.some((word) => NO_CREDIT_CODE.test(word))) return true
  if (words.some((word) => /rate.?limit|requests|tokens/iu.test(word))) return false
  return facts['code'] === 402 || NO_CREDIT_MESSAGE.test(`${messageOf(facts)} ${messageOf(inner)}`)
}

function messageOf(facts: Facts): string {
  const texts = ['message', 'msg', 'status_msg', 'error_msg', 'errorMessage', 'detail', 'error'].map(
    (name) => facts[name],
  )
  return texts.filter((text) => typeof text === 'string').join(' ')
}

/** Returns the wait that a server requests, in milliseconds: `retry-after-ms`, or `retry-after` (RFC 9110). */
export function retryAfter(headers: Pick<Headers, 'get'>): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  const waitMs = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}
