import { JSON_HEADERS } from '../encoders/headers.ts'
import type { WholeAnswer } from './chat-answer.ts'

/** Status and headers of an answer that is not a stream. */
export interface Respond {
  /** The status. @defaultValue 200 */
  readonly status?: number
  /** The headers. @defaultValue only those of the kind of the body */
  readonly headers?: Readonly<Record<string, string>>
}

/** Returns an answer with a JSON body that no cache stores. */
export function json(body: object, { status = 200, headers }: Respond = {}): WholeAnswer {
  const text: string | undefined = JSON.stringify(body)
  // A store of the application may return any value.
  if (text === undefined)
    throw new TypeError('Cannot answer with a body that is undefined: a store must return a value')
  return whole(text, { status, headers: { ...JSON_HEADERS, ...headers } })
}

/** Returns an answer with a text as its body. */
export function whole(body: string, { status = 200, headers }: Respond = {}): WholeAnswer {
  return { type: 'whole', status, headers: new Headers(headers), body }
}

/** Returns an answer with only a status, which no cache stores. */
export function empty(status: number): WholeAnswer {
  const { 'content-type': _type, ...headers } = JSON_HEADERS
  return whole('', { status, headers })
}
