import { TEXT_HEADERS } from '../encoders/headers.ts'
import type { Dialect } from './dialect.ts'

/** The answer and nothing else. A failure breaks the connection, because text has no other way to say it. */
export const plainText: Dialect = {
  headers: TEXT_HEADERS,
  opening: '',
  keepAlive: '',
  breaksOnError: true,
  encode: (event) => (event.type === 'token' ? event.delta : ''),
}
