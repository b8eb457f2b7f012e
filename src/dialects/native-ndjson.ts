import type { Dialect } from './dialect.ts'
import { NDJSON_HEADERS } from '../encoders/headers.ts'

/** Our own protocol as lines of JSON. */
export const nativeNdjson: Dialect = {
  headers: NDJSON_HEADERS,
  opening: '\n',
  keepAlive: '\n',
  breaksOnError: false,
  open: () => (event) => `${JSON.stringify(event)}\n`,
}
