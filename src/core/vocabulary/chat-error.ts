import { type ErrorCode, isRetryable, publicMessage } from './error-codes.ts'
import type { Phase } from './phases.ts'
import type { ChatResult, ResultError } from './result.ts'

/** Facts of a {@link ChatError}. */
export interface ChatErrorOptions {
  /** The kind of the failure. */
  readonly code: ErrorCode
  /** The underlying error. It stays on the server. */
  readonly cause?: unknown
  /** True if another attempt may succeed. @defaultValue by the code: true for a rate limit, false for a refused key */
  readonly retryable?: boolean | undefined
  /** Time to wait before another attempt, in milliseconds, as the upstream asked for it. */
  readonly retryAfterMs?: number | undefined
  /** The phase in which the run failed. */
  readonly phase?: Phase | undefined
  /** The partial result. */
  readonly partial?: ChatResult | undefined
}

// Shared by all copies of the package in one process, so that `isChatError` recognises the errors of each.
const BRAND = Symbol.for('ragwire.ChatError')

/** The error of a failing run. `code` is its kind; `message` and `cause` stay on the server. */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly phase: Phase | undefined
  readonly partial: ChatResult | undefined

  /** `message` may contain details: only {@link publicMessage} of the code reaches a client. */
  constructor(message: string, options: ChatErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = options.code
    this.retryable = options.retryable ?? isRetryable(options.code)
    this.retryAfterMs = options.retryAfterMs
    this.phase = options.phase
    this.partial = options.partial
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** Returns true if `value` is a {@link ChatError}, also of another copy of this package. */
export function isChatError(value: unknown): value is ChatError {
  return value instanceof Error && BRAND in value
}

/**
 * Makes a {@link ChatError} of a thrown value: the value itself if it is one, else an error of `code` with it as cause.
 *
 * @defaultValue `code` is `internal`
 */
export function toChatError(thrown: unknown, code: ErrorCode = 'internal'): ChatError {
  if (isChatError(thrown)) return thrown
  return new ChatError(messageOf(thrown), { code, cause: thrown })
}

/** Returns the message of a thrown value. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  // Any value can be thrown, even one that cannot be converted to a string.
  return typeof thrown === 'string' ? thrown : `Something other than an error was thrown: ${typeof thrown}`
}

/** Returns the public form of a failure, for a result. */
export function publicError(code: ErrorCode): ResultError {
  return { code, message: publicMessage(code) }
}
