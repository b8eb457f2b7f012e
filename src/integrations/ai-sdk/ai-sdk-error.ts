import { isRecord } from '../../core/options/plain-object.ts'
import { ChatError, isChatError, messageOf, toChatError } from '../../core/vocabulary/chat-error.ts'
import type { ErrorCode } from '../../core/vocabulary/error-codes.ts'
import { factsOf } from '../upstream/error-facts.ts'
import { fromStatus, fromStreamError, retryAfter } from '../upstream/openai-error.ts'

/** The progress of the answer when an error comes. */
export interface Progress {
  /** True once a part of the answer has arrived. */
  readonly arrived: boolean
}

// Errors of the AI SDK that a provider throws by itself, without a status of a server.
const CODES: ReadonlyMap<unknown, ErrorCode> = new Map<unknown, ErrorCode>([
  ['AI_LoadAPIKeyError', 'upstream-auth'],
  ['AI_LoadSettingError', 'internal'],
  ['AI_NoSuchModelError', 'upstream-rejected'],
  ['AI_NoSuchProviderError', 'upstream-rejected'],
  ['AI_NoSuchProviderReferenceError', 'upstream-rejected'],
  ['AI_InvalidArgumentError', 'upstream-rejected'],
  ['AI_InvalidPromptError', 'upstream-rejected'],
  ['AI_UnsupportedFunctionalityError', 'upstream-rejected'],
  ['AI_TypeValidationError', 'upstream-bad-response'],
  ['AI_JSONParseError', 'upstream-bad-response'],
  ['AI_InvalidResponseDataError', 'upstream-bad-response'],
  ['AI_EmptyResponseBodyError', 'upstream-bad-response'],
  ['SyntaxError', 'upstream-bad-response'],
])

/**
 * Converts an error that a provider has thrown to a {@link ChatError}. It is recognised by its name and its fields and
 * not by its class, because an application may contain several copies of the packages.
 */
export function fromAiSdkError(thrown: unknown, { arrived }: Progress): ChatError {
  if (isChatError(thrown)) return thrown
  const status = fieldOf(thrown, 'statusCode')
  if (typeof status === 'number' && status >= 400) return fromFailedResponse(status, thrown)
  if (isWithoutReason(thrown)) return cutAnswer(thrown)
  const code = CODES.get(fieldOf(thrown, 'name')) ?? CODES.get(fieldOf(fieldOf(thrown, 'cause'), 'name'))
  if (code) return new ChatError(messageOf(thrown), { code, cause: thrown })
  if (!isOfConnection(thrown)) return toChatError(thrown, 'upstream-unavailable')
  // With a status, the response had begun.
  return arrived || typeof status === 'number'
    ? new ChatError('The connection to the model broke', { code: 'upstream-disconnected', cause: thrown })
    : new ChatError('Cannot reach the model', { code: 'upstream-unavailable', cause: thrown })
}

/** Converts the error of an error part to a {@link ChatError}: an error of the provider, or a value that the vendor sent. */
export function fromReportedError(reported: unknown, progress: Progress): ChatError {
  return reported instanceof Error ? fromAiSdkError(reported, progress) : fromStreamError(reported)
}

/** Makes the error of an answer that has ended without a finish reason. */
export function cutAnswer(cause?: unknown): ChatError {
  return new ChatError('The stream of the model ended without a finish reason', { code: 'upstream-incomplete', cause })
}

/** Makes the error of a response that the provider could not read at all. */
export function notAnAnswer(contentType: string): ChatError {
  const message = `The model answered with ${contentType} that is not an answer: check the baseURL of the provider`
  return new ChatError(message, { code: 'upstream-bad-response' })
}

function fromFailedResponse(status: number, thrown: unknown): ChatError {
  const { isRetryable, responseBody, responseHeaders, message } = factsOf(thrown)
  const reported = parseBody(responseBody)
  // Providers make up such a status for an error at the start of a stream, so the message decides.
  if (status >= 500 && isRetryable === false && isRecord(reported)) return fromStreamError(reported, thrown)
  return fromStatus(status, {
    facts: { ...factsOf(reported), message },
    cause: thrown,
    retryAfterMs: waitInHeaders(responseHeaders) ?? waitInBody(responseBody),
    retryable: typeof isRetryable === 'boolean' ? isRetryable : undefined,
  })
}

function parseBody(body: unknown): unknown {
  try {
    return typeof body === 'string' ? JSON.parse(body) : undefined
  } catch {
    // Proxies answer with a page.
    return undefined
  }
}

function waitInHeaders(headers: unknown): number | undefined {
  if (!isRecord(headers)) return undefined
  const get = (name: string): string | null => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
  return retryAfter({ get })
}

// Google sends the wait in the body, as `google.rpc.RetryInfo`.
function waitInBody(body: unknown): number | undefined {
  const seconds = typeof body === 'string' ? /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/u.exec(body)?.[1] : undefined
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}

// OpenAI-compatible providers report a cut connection with an error for invalid data.
function isWithoutReason(thrown: unknown): boolean {
  return fieldOf(thrown, 'name') === 'AI_InvalidResponseDataError' && /without a finish reason/u.test(messageOf(thrown))
}

/** Returns true for an error of `fetch`, also one that the provider has wrapped or that ends the body of a response. */
function isOfConnection(thrown: unknown): boolean {
  const name = fieldOf(thrown, 'name')
  if (name === 'AI_APICallError' || name === 'AbortError' || name === 'TimeoutError') return true
  return typeof fieldOf(thrown, 'code') === 'string' || (thrown instanceof TypeError && thrown.cause !== undefined)
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
