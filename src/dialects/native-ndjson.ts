import { NDJSON_HEADERS } from '../encoders/headers.ts'
import type { Dialect } from './dialect.ts'

/** The native protocol as lines of JSON, see docs/protocol.md. */
export const nativeNdjson: Dialect & { readonly name: 'ndjson' } = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  headers: NDJSON_HEADERS,
  opening: '\n',
  keepAlive: '\n',
  breaksOnError: false,
  schema: { type: 'string', description: 'Each line that is not empty is a `ChatEvent`.' },
  open: () => (event) => `${JSON.stringify(event)}\n`,
}
