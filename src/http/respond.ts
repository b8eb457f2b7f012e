import { JSON_HEADERS } from '../encoders/headers.ts'
import type { WholeAnswer } from './chat-answer.ts'

/** Status and headers of an answer that is no stream. */
export interface Respond {
  /** The status. @defaultValue 200 */
  readonly status?: number
  /** The headers. @defaultValue none beside those of the kind of the body */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with JSON that no cache keeps. */
export function json(body: object, { status = 200, headers }: Respond = {}): WholeAnswer {
  const text: string | undefined = JSON.stringify(body)
  // A store of the application may return anything.
  if (text === undefined) throw new TypeError('Cannot answer with JSON of nothing')
  return whole(text, { status, headers: { ...JSON_HEADERS, ...headers } })
}

/** Answers with a whole text. */
export function whole(body: string, { status = 200, headers }: Respond = {}): WholeAnswer {
  return { type: 'whole', status, headers: new Headers(headers), body }
}

/** Answers with a status alone, which no cache keeps. */
export function empty(status: number): WholeAnswer {
  const { 'content-type': _type, ...headers } = JSON_HEADERS
  return whole('', { status, headers })
}
