import { SSE_HEADERS } from '../encoders/headers.ts'
import type { Encoding } from './encoding.ts'

/** The parts of a dialect that all event streams have in common. */
export const SSE_ENCODING = {
  mediaType: 'text/event-stream',
  headers: SSE_HEADERS,
  opening: ': ragwire\n\n',
  keepAlive: ':\n\n',
  breaksOnError: false,
} as const satisfies Partial<Encoding>
