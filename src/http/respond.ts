import { JSON_HEADERS } from '../encoders/headers.ts'

/** Status and headers of a response that is no stream. */
export interface Respond {
  /** The status. @defaultValue 200 */
  readonly status?: number
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with JSON that no cache keeps. */
export function json(body: object, { status = 200, headers }: Respond = {}): Response {
  return whole(JSON.stringify(body), { status, headers: { ...JSON_HEADERS, ...headers } })
}

/** Answers with a whole text. */
export function whole(text: string, { status = 200, headers = {} }: Respond): Response {
  return new Response(text, { status, headers })
}

/** Answers with a status alone. */
export function empty(status: number): Response {
  const { 'content-type': _type, ...headers } = JSON_HEADERS
  return new Response(null, { status, headers })
}
