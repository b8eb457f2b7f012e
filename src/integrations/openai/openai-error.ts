import { ChatError, isChatError, type ErrorCode } from '../../core/errors.ts'

/**
 * Turns what the official client throws into a {@link ChatError}. It is recognised by its fields and not by its class,
 * because an application may hold several copies of the package.
 */
export function fromOpenAIError(thrown: unknown): ChatError {
  if (isChatError(thrown)) return thrown
  const facts: { readonly status?: unknown; readonly headers?: unknown } =
    typeof thrown === 'object' && thrown !== null ? thrown : {}
  if (typeof facts.status !== 'number') {
    return new ChatError('Cannot reach the model', { code: 'upstream-unavailable', cause: thrown })
  }
  const code = codeOfStatus(facts.status)
  const retryAfterMs = isHeaders(facts.headers) ? retryAfter(facts.headers) : undefined
  return new ChatError(`The model answered with status ${facts.status}`, {
    code,
    cause: thrown,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

// By its method, because a `fetch` that was injected brings a class of its own.
function isHeaders(headers: unknown): headers is Headers {
  return typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function'
}

/** The error that a server reports inside of a stream that began well. */
export function fromStreamError(error: unknown): ChatError {
  const facts: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {}
  const status = [facts['code'], facts['status']].map(Number).find((number) => number >= 400 && number <= 599)
  const words = `${String(facts['code'])} ${String(facts['type'])}`
  const code = status === undefined ? codeOfWords(words) : codeOfStatus(status)
  return new ChatError('The model reported an error in its stream', { code, cause: error })
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream-auth'
  if (status === 429) return 'upstream-rate-limited'
  // A request timeout and a conflict are moments; every other 4xx says that the request itself will not do.
  if (status === 408 || status === 409 || status >= 500) return 'upstream-unavailable'
  return 'upstream-rejected'
}

function codeOfWords(words: string): ErrorCode {
  if (/rate.?limit|quota/iu.test(words)) return 'upstream-rate-limited'
  if (/auth|api.?key|permission/iu.test(words)) return 'upstream-auth'
  if (/invalid.?request|context.?length/iu.test(words)) return 'upstream-rejected'
  return 'upstream-unavailable'
}

/** Milliseconds that a server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110). */
function retryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  const waitMs = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}
