import type { Phase } from './events.ts'
import type { ChatResult, ResultError } from './result.ts'

/** The sentence that the wire carries for each code. It is the whole list of codes, too. */
const PUBLIC_MESSAGES = {
  'invalid-input': 'The request is not valid',
  'thread-busy': 'Another answer is still running in this conversation',
  'not-found': 'Nothing was found under this id',
  'too-many-runs': 'Too many answers are running at the moment',
  'retrieval-failed': 'The sources could not be searched',
  'upstream-auth': 'The model refused the credentials of this service',
  'upstream-rejected': 'The model refused the request',
  'upstream-rate-limited': 'The model is receiving too many requests',
  'upstream-unavailable': 'The model could not be reached',
  'upstream-timeout': 'The model did not start to answer in time',
  'upstream-stalled': 'The model stopped sending before it had finished',
  'upstream-disconnected': 'The connection to the model broke before it had finished',
  'upstream-incomplete': 'The answer ended before it was complete',
  'upstream-bad-response': 'The model sent something that could not be read',
  'limit-exceeded': 'The answer took longer than is allowed',
  'store-unavailable': 'The conversations or the runs could not be reached',
  'store-conflict': 'The conversation was changed at the same time',
  'run-expired': 'This answer can no longer be replayed',
  'producer-lost': 'The server that was answering has gone away',
  'client-too-slow': 'The connection was too slow to take the answer',
  'shutting-down': 'The server is shutting down',
  internal: 'Something went wrong on the server',
} as const satisfies Record<string, string>

/** What went wrong. The list is closed; docs/errors.md explains each. */
export type ErrorCode = keyof typeof PUBLIC_MESSAGES

/** All error codes, in the order of the documentation. */
export const ERROR_CODES: readonly ErrorCode[] = Object.freeze(
  Object.keys(PUBLIC_MESSAGES).filter((code): code is ErrorCode => Object.hasOwn(PUBLIC_MESSAGES, code)),
)

/** Returns true if `value` is one of the {@link ERROR_CODES}. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(PUBLIC_MESSAGES, value)
}

// Codes after which the same question may succeed when it is asked again.
const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'thread-busy',
  'too-many-runs',
  'retrieval-failed',
  'upstream-rate-limited',
  'upstream-unavailable',
  'upstream-timeout',
  'upstream-stalled',
  'upstream-disconnected',
  'upstream-incomplete',
  'store-unavailable',
  'store-conflict',
  'producer-lost',
  'client-too-slow',
  'shutting-down',
])

/** True if the same question may succeed when it is asked again after an error of this code. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code)
}

/** Facts of a {@link ChatError}. */
export interface ChatErrorOptions {
  readonly code: ErrorCode
  /** What was thrown beneath. It stays on the server. */
  readonly cause?: unknown
  /** @defaultValue what the code implies: a rate limit is, a refused key is not */
  readonly retryable?: boolean | undefined
  /** How long the upstream asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** What the run was doing. */
  readonly phase?: Phase | undefined
  /** What was answered until then. */
  readonly partial?: ChatResult | undefined
}

// Shared by all copies of the package in one process, so that `isChatError` holds across them.
const BRAND = Symbol.for('ragwire.ChatError')

/** The one error of a failing run. `code` says what happened; `message` and `cause` are for the server's eyes. */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly phase: Phase | undefined
  readonly partial: ChatResult | undefined

  /** `message` may hold details: only {@link publicMessage} of the code reaches a client. */
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

/** True if `value` is a {@link ChatError}, also of another copy of this package. */
export function isChatError(value: unknown): value is ChatError {
  return value instanceof Error && BRAND in value
}

/**
 * Turns whatever was thrown into a {@link ChatError}: itself if it is one, else one of `code`.
 *
 * @defaultValue `code` is `internal`
 */
export function toChatError(thrown: unknown, code: ErrorCode = 'internal'): ChatError {
  if (isChatError(thrown)) return thrown
  return new ChatError(messageOf(thrown), { code, cause: thrown })
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  // Anything can be thrown, also what cannot be made a string.
  return typeof thrown === 'string' ? thrown : `Something other than an error was thrown: ${typeof thrown}`
}

// The wire says a code, the process knows why. Keyed by the event, so that no event ever carries a cause.
const errorOf = new WeakMap<object, ChatError>()

/** Remembers which error an `error` event stands for. */
export function rememberError(event: object, error: ChatError): void {
  errorOf.set(event, error)
}

/** The error that an `error` event of this process stands for. */
export function recallError(event: object): ChatError | undefined {
  return errorOf.get(event)
}

/** The fixed, safe sentence that a client may read for a code. */
export function publicMessage(code: ErrorCode): string {
  return PUBLIC_MESSAGES[code]
}

/** The failure that a result ended with, as the result reports it. */
export function publicError(code: ErrorCode): ResultError {
  return { code, message: publicMessage(code) }
}

/** A misuse that is found before anything runs: names the field and says what to do. */
export interface InvalidInputError extends TypeError {
  readonly code: 'invalid-input'
  /** The option or body field that is wrong. */
  readonly field: string
}

/** Makes the `TypeError` (or `RangeError`, for a number out of range) that misuse throws. */
export function invalidInput(
  field: string,
  message: string,
  Kind: typeof TypeError | typeof RangeError = TypeError,
): InvalidInputError {
  return Object.assign(new Kind(message), { code: 'invalid-input' as const, field })
}

/** True if `value` says that an option or a body field is wrong. */
export function isInvalidInput(value: unknown): value is InvalidInputError {
  return value instanceof Error && 'field' in value && 'code' in value && value.code === 'invalid-input'
}
