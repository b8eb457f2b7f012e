/** The connection beneath a response. */
export interface ResponseSocket {
  /** True if the connection is closed. */
  readonly destroyed?: boolean
  /** Adds a listener for the close of the connection. */
  once?(event: 'close', listener: () => void): unknown
}

/** The used part of a response, which shows its end. */
export interface ClosableResponse {
  /** True if the response has closed. */
  readonly destroyed?: boolean
  /** The request. Its socket is known before the socket of the response. */
  readonly req?: { readonly socket?: ResponseSocket | null | undefined } | undefined
  /** The HTTP/2 stream; absent for `node:http`. */
  readonly stream?: { readonly destroyed: boolean } | undefined
  /** Adds a listener for the end of the response. */
  on(event: 'close', listener: () => void): unknown
}

/**
 * Returns a signal that fires when the client of a Node response has left. It also fires after the normal end of a
 * response. Use it only with servers that take a `Response` and do not cancel its body, such as h3 1: `handler(request,
 * { signal: disconnectSignal(event.node.res) })`. `sendToNode` and the adapters use it themselves.
 */
export function disconnectSignal(response: ClosableResponse): AbortSignal {
  const left = new AbortController()
  if (isClosed(response)) left.abort(LEFT)
  else onceClosed(response, () => left.abort(LEFT))
  return left.signal
}

// One for all, because every response closes, and a new error with its stack takes longer than the rest of a close.
const LEFT = new DOMException('The client has left', 'AbortError')

/** True if the client can receive nothing more. For `node:http2`, only the stream reports that. */
export function isClosed(response: ClosableResponse): boolean {
  return response.destroyed === true || response.stream?.destroyed === true || socketOf(response)?.destroyed === true
}

/**
 * Calls `listener` once, when the response or its connection has closed. A response that waits for an earlier one on
 * the same connection has no socket yet. Up to Node 22 it never emits `close` when that connection breaks.
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

// The socket of the request, because the response may not have one yet. With HTTP/2, one connection serves many
// streams, and each emits its own `close`.
function socketOf({ stream, req }: ClosableResponse): ResponseSocket | undefined {
  return stream ? undefined : (req?.socket ?? undefined)
}

// One listener per socket, because a client may pipeline any number of requests.
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
