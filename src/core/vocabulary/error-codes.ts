/** The public message of each code. The keys are the complete list of codes. */
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

/** The kind of a failure. The list is closed, and docs/errors.md explains each. */
export type ErrorCode = keyof typeof PUBLIC_MESSAGES

/** All error codes, in the order of the documentation. */
export const ERROR_CODES: readonly ErrorCode[] = Object.freeze(
  Object.keys(PUBLIC_MESSAGES).filter((code): code is ErrorCode => Object.hasOwn(PUBLIC_MESSAGES, code)),
)

/** Returns true if `value` is one of the {@link ERROR_CODES}. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(PUBLIC_MESSAGES, value)
}

// Codes after which a retry of the same question may succeed.
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

/** Returns true if a retry of the same question may succeed after an error of this code. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code)
}

/** Returns the fixed message of a code, which is safe to send to a client. */
export function publicMessage(code: ErrorCode): string {
  return PUBLIC_MESSAGES[code]
}
