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
    /** The code of this library, such as `upstream-timeout`, or one of OpenAI. */
    readonly code: string
  }
}

/** The facts of an error. */
export interface OpenAIErrorFacts {
  /** The status, which decides the kind of the error. */
  readonly status: number
  /** The code: that of OpenAI if there is one, otherwise that of this library. */
  readonly code: string
  /** A safe sentence. */
  readonly message: string
  /** The field that is wrong; `null` for none. */
  readonly param: string | null
}

/** Converts a failure to the error body of OpenAI. */
export function toOpenAIFailure({ status, code, message, field }: DialectFailure): OpenAIFailure {
  return toOpenAIError({ status, code, message, param: field ?? null })
}

/** Creates the error body of OpenAI. */
export function toOpenAIError({ status, code, message, param }: OpenAIErrorFacts): OpenAIFailure {
  return { error: { message, type: typeOf(status), param, code } }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
