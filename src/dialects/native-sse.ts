import type { ChatEvent } from '../core/vocabulary/events.ts'
import { encodeSse } from '../encoders/encode-sse.ts'
import { SSE_HEADERS } from '../encoders/headers.ts'
import type { Dialect } from './dialect.ts'
import type { Acknowledged, DialectEncoder } from './encoding.ts'

/** The native protocol as server-sent events, see docs/protocol.md. */
export const nativeSse: Dialect & { readonly name: 'sse' } = {
  name: 'sse',
  mediaType: 'text/event-stream',
  headers: SSE_HEADERS,
  opening: ': ragwire\n\n',
  keepAlive: ':\n\n',
  breaksOnError: false,
  schema: { type: 'string', description: 'The `data` of each event is a `ChatEvent`.' },
  open: ({ acknowledged }) => (acknowledged ? encodeWithIds(acknowledged) : encodeEvent),
}

function encodeEvent(event: ChatEvent): string {
  // JSON escapes line breaks and unpaired surrogates, so that the data is one line, and an emoji that was cut between
  // two tokens is not damaged.
  const data = JSON.stringify(event)
  const prefix = PREFIXES.get(event.type)
  return prefix === undefined ? encodeSse({ event: event.type, data }) : `${prefix}${data}\n\n`
}

// A client that reconnects sends the id back, so it must be the id of an event that was stored and sent.
function encodeWithIds(acknowledged: Acknowledged): DialectEncoder {
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
  // `EventSource` reserves `error`: a frame of that name would look like a broken connection.
  error: 'chat-error',
} as const satisfies Record<ChatEvent['type'], string>

// Created once, so that the names are not checked for each token.
const PREFIXES: ReadonlyMap<string, string> = new Map(
  Object.entries(EVENT_TYPES).map(([type, name]) => [type, `event: ${name}\ndata: `]),
)

/** True if this version of the protocol knows the type. A reader skips events of unknown types. */
export function isKnownType(type: string): type is ChatEvent['type'] {
  return PREFIXES.has(type)
}
