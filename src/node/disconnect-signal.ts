/** The connection beneath a response. */
export interface ResponseSocket {
  /** True if the connection is closed. */
  readonly destroyed?: boolean
  /** Adds a listener for the close of the connection. */
  once?(event: 'close', listener: () => void): unknown
}

/** The parts of a response that show its end. */
export interface ClosableResponse {
  /** True if the response is over. */
  readonly destroyed?: boolean
  /** The request, whose socket is there before that of the response. */
  readonly req?: { readonly socket?: ResponseSocket | null | undefined } | undefined
  /** The stream beneath, where there is one of its own: `node:http2`. */
  readonly stream?: { readonly destroyed: boolean } | undefined
  /** Adds a listener for the end of the response. */
  on(event: 'close', listener: () => void): unknown
}

/**
 * Returns a signal that fires when the client of a Node response has left. It also fires after the end of an answer, when
 * nothing listens any more. Only for servers that take a `Response` and do not cancel its body, such as h3 1:
 * `handler(request, { signal: disconnectSignal(event.node.res) })`. Every sink and adapter for Node does this itself.
 */
export function disconnectSignal(response: ClosableResponse): AbortSignal {
  const left = new AbortController()
  if (isClosed(response)) left.abort()
  else onceClosed(response, () => left.abort())
  return left.signal
}

/** True if nothing can reach the client any more. For `node:http2`, only the stream shows that. */
export function isClosed(response: ClosableResponse): boolean {
  return response.destroyed === true || response.stream?.destroyed === true || socketOf(response)?.destroyed === true
}

/**
 * Calls `listener` once, when the response or its connection is over. A response that waits behind another one on the
 * same connection has no socket yet: up to Node 22 it never emits `close` when that connection breaks.
 */
export function onceClosed(response: ClosableResponse, listener: () => void): void {
  const listeners = listenersOf(socketOf(response))
  let closed = false
  const close = (): void => {
    if (closed) return
    closed = true
    listeners?.delete(close)
    listener()
  }
  listeners?.add(close)
  response.on('close', close)
}

// The socket of the request, which is there before the response has its own. A connection of HTTP/2 serves many streams,
// and each of them emits its own close.
function socketOf({ stream, req }: ClosableResponse): ResponseSocket | undefined {
  return stream ? undefined : (req?.socket ?? undefined)
}

// One listener for each socket: a client may send any number of requests ahead.
const waiting = new WeakMap<ResponseSocket, Set<() => void>>()

function listenersOf(socket: ResponseSocket | undefined): Set<() => void> | undefined {
  if (!socket?.once) return undefined
  const known = waiting.get(socket)
  if (known) return known
  const listeners = new Set<() => void>()
  waiting.set(socket, listeners)
  socket.once('close', () => {
    for (const close of listeners) close()
  })
  return listeners
}
