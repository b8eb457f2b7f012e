import { publicMessage, type ErrorCode } from '../core/vocabulary/error-codes.ts'
import { toChatError } from '../core/vocabulary/chat-error.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { RunIds } from '../dialects/native-json.ts'
import { isBadRequest, type BadRequestError, type RequestIssue } from '../dialects/bad-request.ts'
import { isOverload } from '../runs/overload.ts'
import type { ChatAnswer, WholeAnswer } from './chat-answer.ts'
import { json } from './respond.ts'

/** The error of a request that is refused because its form is wrong, with the status. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly field: string
  readonly headers: Readonly<Record<string, string>>

  /** `message` is sent to the client. */
  constructor(status: number, field: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.field = field
    this.headers = headers
  }
}

/** The JSON body of a refused or failed request. */
export interface ErrorBody {
  /** The reason, from a closed list. */
  readonly code: ErrorCode
  /** A fixed sentence for the code; with `invalid-input`, a sentence about the field. */
  readonly message: string
  /** True if the same question may succeed under a new `runId`; absent if the form of the request is wrong. */
  readonly retryable?: boolean
  /** The time after which the client may ask again, in milliseconds. */
  readonly retryAfterMs?: number
  /** The wrong part of the request, with `invalid-input`: a field of the body, `body`, a parameter, or a header. */
  readonly field?: string
  /** Everything that is wrong with a body. */
  readonly issues?: readonly RequestIssue[]
  /** With `thread-busy` the active run, otherwise the failed one. */
  readonly runId?: string
  /** The answer of the failed run. */
  readonly messageId?: string
  /** The conversation of the failed run. */
  readonly threadId?: string
  /** The partial result of the failed run, for a dialect with `holdsStatus`. */
  readonly partial?: ChatResult
}

/** The status of each failure before the stream begins. */
export const STATUS_OF = {
  'invalid-input': 400,
  'thread-busy': 409,
  'not-found': 404,
  'too-many-runs': 429,
  'retrieval-failed': 502,
  'upstream-auth': 502,
  'upstream-rejected': 502,
  'upstream-rate-limited': 503,
  'upstream-unavailable': 503,
  'upstream-timeout': 504,
  'upstream-stalled': 504,
  'upstream-disconnected': 502,
  'upstream-incomplete': 502,
  'upstream-bad-response': 502,
  'limit-exceeded': 504,
  'store-unavailable': 503,
  'store-conflict': 409,
  'run-expired': 410,
  'producer-lost': 502,
  'client-too-slow': 503,
  'shutting-down': 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/** A failed request, before it is encoded. */
export interface RequestFailure {
  /** The status. */
  readonly status: number
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>
  /** The native body. */
  readonly body: ErrorBody
}

/**
 * Returns the answer to a failed request: the fixed sentence of the error code, and the time after which to retry. It
 * contains nothing of the cause. A thrown `Response` is the answer itself. `ids` are the ids of the run.
 */
export function errorAnswer(thrown: unknown, ids: RunIds = idsOf(thrown)): ChatAnswer {
  if (thrown instanceof Response) return { type: 'response', response: thrown }
  const { body, ...respond } = toFailure(thrown, ids)
  return json(body, respond)
}

/** Returns the answer to a request whose form is wrong. The client gets the message of the error. */
export function refuse(thrown: HttpError | BadRequestError): WholeAnswer {
  const { body, ...respond } = toRefusal(thrown)
  return json(body, respond)
}

/** Returns the status, headers and body for a failed request. `ids` are the ids of the run. */
export function toFailure(thrown: unknown, ids: RunIds = idsOf(thrown)): RequestFailure {
  if (thrown instanceof HttpError || isBadRequest(thrown)) return toRefusal(thrown)
  const error = toChatError(thrown)
  const { code, retryable, retryAfterMs, partial } = error
  const status = isOverload(error) ? 503 : STATUS_OF[code]
  const body: ErrorBody = {
    code,
    message: publicMessage(code),
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...ids,
    ...(partial && { partial }),
  }
  return { status, headers: retryAfter(status, retryAfterMs), body }
}

// An error of a busy thread has the id of its active run.
function idsOf(thrown: unknown): RunIds {
  return thrown instanceof Error && 'runId' in thrown && typeof thrown.runId === 'string' ? { runId: thrown.runId } : {}
}

function toRefusal({ status, message, field, ...more }: HttpError | BadRequestError): RequestFailure {
  const body: ErrorBody = { code: 'invalid-input', message, field, ...('issues' in more && { issues: more.issues }) }
  return { status, headers: 'headers' in more ? more.headers : {}, body }
}

// Without a hint from the upstream, a second is usually enough for another run to end.
function retryAfter(status: number, retryAfterMs = 1_000): Readonly<Record<string, string>> {
  if (status !== 429 && status !== 503) return {}
  return { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }
}
