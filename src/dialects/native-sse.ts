import type { ChatEvent } from '../core/vocabulary/events.ts'
import { encodeSse } from '../encoders/encode-sse.ts'
import { SSE_HEADERS } from '../encoders/headers.ts'
import type { Acknowledged, Dialect } from './dialect.ts'

/** Our own protocol as server-sent events, see docs/protocol.md. */
export const nativeSse: Dialect = {
  headers: SSE_HEADERS,
  opening: ': ragwire\n\n',
  keepAlive: ':\n\n',
  breaksOnError: false,
  open: (acknowledged) => (acknowledged ? encodeWithIds(acknowledged) : encodeEvent),
}

function encodeEvent(event: ChatEvent): string {
  // JSON has no line breaks, so that the data is one line, and it keeps an emoji whole that was cut in two.
  const data = JSON.stringify(event)
  const prefix = PREFIXES.get(event.type)
  return prefix === undefined ? encodeSse({ event: event.type, data }) : `${prefix}${data}\n\n`
}

// A client that lost its connection sends the id back: it names what is surely kept and was sent.
function encodeWithIds(acknowledged: Acknowledged): (event: ChatEvent) => string {
  let last = -1
  return (event) => {
    const id = Math.min(acknowledged(), event.seq)
    if (id === last) return encodeEvent(event)
    last = id
    return `id: ${id}\n${encodeEvent(event)}`
  }
}

const EVENT_TYPES = {
  start: 'start',
  status: 'status',
  query: 'query',
  source: 'source',
  token: 'token',
  citation: 'citation',
  support: 'support',
  warning: 'warning',
  done: 'done',
  // `EventSource` keeps `error` for itself: a frame of that name would look like a broken connection.
  error: 'chat-error',
} as const satisfies Record<ChatEvent['type'], string>

// The names are fixed, so that their check is not paid for each token.
const PREFIXES: ReadonlyMap<string, string> = new Map(
  Object.entries(EVENT_TYPES).map(([type, name]) => [type, `event: ${name}\ndata: `]),
)

/** True if this version of the protocol knows the type; a reader skips the ones that it does not know. */
export function isKnownType(type: string): type is ChatEvent['type'] {
  return PREFIXES.has(type)
}
