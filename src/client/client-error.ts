import type { ErrorCode } from '../core/vocabulary/error-codes.ts'

const MESSAGES = {
  unreachable: 'The server cannot be reached',
  unauthorized: 'Sign in again',
  'rate-limited': 'Too many requests: try again later',
  'bad-response': 'This is no answer of a chat handler: check url and fetch',
  disconnected: 'The connection broke before the answer was complete',
  'run-expired': 'This answer was lost: ask again',
  'producer-lost': 'This answer was lost: ask again',
}

/**
 * The failures that only a client sees, besides the error codes of the server. `unreachable`: no server or only a proxy
 * answers. `unauthorized`: the reader must sign in. `rate-limited`: too many requests. `bad-response`: the answer is
 * not of a chat handler. `disconnected`: the connection broke, and connecting again failed.
 */
export type ClientErrorCode = Exclude<keyof typeof MESSAGES, ErrorCode>

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
  constructor(facts: ChatFailure, cause?: unknown) {
    super(facts.message, { cause })
    Object.assign(this, facts)
  }
}

/** Makes an error that the server has not described. `facts` win. */
export function clientError(
  code: keyof typeof MESSAGES,
  { cause, ...facts }: Partial<ChatFailure> & { readonly cause?: unknown } = {},
): ChatClientError {
  // Before the reader has signed in or the page is repaired, the same question fails again.
  const retryable = code !== 'unauthorized' && code !== 'bad-response'
  return new ChatClientError({ code, message: MESSAGES[code], retryable, ...facts }, cause)
}
