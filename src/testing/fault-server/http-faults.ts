import type { FaultBehaviour } from './behaviour.ts'
import { sequence } from './combinators.ts'
import { EVENT_STREAM_HEADERS } from './exchange.ts'
import { step } from './steps.ts'

/** Any status with a JSON body. */
export function status(
  code: number,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): FaultBehaviour {
  const { body = errorBody(`Status ${code}`, 'server_error'), headers } = options
  return sequence(step.head(code, { 'content-type': 'application/json', ...headers }), step.raw(JSON.stringify(body)))
}

/**
 * Status 429 of a rate limit. `retryAfter` is a number of seconds, a date, or any text for the header.
 *
 * @defaultValue `retryAfter` is 1; null sends no header
 */
export function rateLimited(
  options: {
    readonly retryAfter?: number | Date | string | null
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): FaultBehaviour {
  const { retryAfter = 1, headers } = options
  const value = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter)
  return status(429, {
    body: errorBody('Rate limit reached', 'rate_limit_exceeded'),
    headers: { ...(retryAfter !== null && { 'retry-after': value }), ...headers },
  })
}

/** A server that is temporarily down. @defaultValue `code` is 503 */
export function unavailable(code: 500 | 502 | 503 | 504 | 529 = 503): FaultBehaviour {
  return status(code, { body: errorBody('The server is overloaded', 'server_error') })
}

/** Rejected credentials. The body repeats `secret`, as real servers repeat a part of the key. */
export function unauthorized(options: { readonly code?: 401 | 403; readonly secret?: string } = {}): FaultBehaviour {
  const { code = 401, secret = 'sk-canary-0000' } = options
  return status(code, { body: errorBody(`Incorrect API key provided: ${secret}`, 'invalid_api_key') })
}

/** A request that the server rejects, such as a prompt that is too long. */
export function rejected(options: { readonly message?: string } = {}): FaultBehaviour {
  return status(400, { body: errorBody(options.message ?? 'The prompt is too long', 'context_length_exceeded') })
}

/** Accepts the request and never answers. */
export function silent(): FaultBehaviour {
  return step.silence()
}

/** Sends the head at once and nothing more. */
export function headersOnly(): FaultBehaviour {
  return sequence(step.head(200, EVENT_STREAM_HEADERS), step.silence())
}

/** Status 200 with an HTML page, like the login page of a proxy. */
export function htmlPage(options: { readonly html?: string; readonly contentType?: string } = {}): FaultBehaviour {
  const { html = '<!doctype html>\n<title>Sign in</title>\n<p>Please sign in.</p>\n' } = options
  return sequence(step.head(200, { 'content-type': options.contentType ?? 'text/html; charset=utf-8' }), step.raw(html))
}

/** Status 200 with an error as JSON instead of a stream. */
export function jsonError(options: { readonly message?: string; readonly contentType?: string } = {}): FaultBehaviour {
  const { message = 'The model is not loaded', contentType = 'application/json' } = options
  return status(200, { body: errorBody(message, 'server_error'), headers: { 'content-type': contentType } })
}

/** Breaks the connection before any response. */
export function refused(): FaultBehaviour {
  return step.reset()
}

function errorBody(message: string, code: string) {
  return { error: { message, type: code, param: null, code } }
}
