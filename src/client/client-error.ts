import type { ErrorCode } from '../core/vocabulary/error-codes.ts'

/**
 * The failures that only a client sees, besides the error codes of the server: no server is reached, it refuses the
 * sign-in, it asks to wait, its answer is not of the chat handler, or the connection broke and could not be restored.
 */
export type ClientErrorCode = 'unreachable' | 'unauthorized' | 'rate-limited' | 'bad-response' | 'disconnected'

/** The facts of a failure, for a display. */
export interface ChatFailure {
  /** The kind: a code of the server, or one of the client. */
  readonly code: ErrorCode | ClientErrorCode
  /** A sentence that is safe to show. */
  readonly message: string
  /** True if the same question may succeed later. */
  readonly retryable: boolean
  /** Time to wait before the next attempt, in milliseconds, if the server gave one. */
  readonly retryAfterMs?: number
  /** The status of the response, if there was one. */
  readonly status?: number
  /** With `thread-busy`, the run that blocks the thread: stop it, or follow it. */
  readonly runId?: string
}

/** The error of every function of a client. */
export class ChatClientError extends Error implements ChatFailure {
  override readonly name = 'ChatClientError'
  declare readonly code: ChatFailure['code']
  declare readonly retryable: boolean
  declare readonly retryAfterMs?: number
  declare readonly status?: number
  declare readonly runId?: string

  /** Takes the facts of the failure, and the underlying error. */
  constructor(failure: ChatFailure, cause?: unknown) {
    const { message, ...facts } = failure
    super(message, { cause })
    Object.assign(this, facts)
  }
}

/** Returns the plain facts of a thrown value. Anything but an error of a client is a fault of the page. */
export function toFailure(thrown: unknown): ChatFailure {
  if (!(thrown instanceof ChatClientError)) throw thrown
  const { code, message, retryable, retryAfterMs, status, runId } = thrown
  return {
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status !== undefined && { status }),
    ...(runId !== undefined && { runId }),
  }
}
