import type { DialectFailure } from './dialect-route.ts'

/** The error body of the API of OpenAI. */
export interface OpenAIFailure {
  /** The error. */
  readonly error: {
    /** A safe sentence. */
    readonly message: string
    /** The kind of the error, from the list of OpenAI. */
    readonly type: string
    /** The field that is wrong; `null` for none. */
    readonly param: string | null
    /** The code of this library, such as `upstream-timeout`. */
    readonly code: string
  }
}

/** Converts a failure to the error body of OpenAI. */
export function toOpenAIFailure({ status, code, message, field }: DialectFailure): OpenAIFailure {
  return { error: { message, type: typeOf(status), param: field ?? null, code } }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
