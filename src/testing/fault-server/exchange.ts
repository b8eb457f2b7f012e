import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { resetSocket } from '../reset-socket.ts'
import type { FaultExchange, FaultHit, FaultHitEnd } from './behaviour.ts'

/** The head of a stream as OpenAI sends it. */
export const EVENT_STREAM_HEADERS = Object.freeze({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
})

/** Opens the exchange for a request whose body has been read. */
export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly index: number; readonly body: unknown; readonly serverClosing: AbortSignal },
): FaultExchange {
  const over = new AbortController()
  const { signal } = over
  const track = trackHit(request, options)

  // The only listener per response: all other code uses the signal.
  response.once('close', () => {
    const early = options.serverClosing.aborted ? 'server' : 'client'
    track.close(response.writableFinished ? 'complete' : early)
    over.abort()
  })

  const head = (status: number, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, headers)
    response.flushHeaders()
  }

  async function write(data: string | Uint8Array): Promise<void> {
    signal.throwIfAborted()
    if (!response.headersSent) head(200, EVENT_STREAM_HEADERS)
    if (!response.write(data)) await once(response, 'drain', { signal })
    // Yields to the event loop, so that a fast writer does not block other tests in this process.
    await nextTurn()
  }

  async function breakOff(destroy: (socket: Socket) => void): Promise<void> {
    if (signal.aborted || !response.socket) return
    track.close('server')
    destroy(response.socket)
    over.abort()
  }

  return {
    hit: track.hit,
    signal,
    head,
    write,
    async end() {
      if (signal.aborted || response.writableEnded) return
      if (!response.headersSent) head(200, EVENT_STREAM_HEADERS)
      response.end()
      await track.hit.closed
    },
    cut: () => breakOff((socket) => socket.destroySoon()),
    reset: () => breakOff(resetSocket),
  }
}

function trackHit(request: IncomingMessage, options: { readonly index: number; readonly body: unknown }) {
  let end: FaultHitEnd | undefined
  let closedAt: number | undefined
  const { promise: closed, resolve } = Promise.withResolvers<FaultHitEnd>()
  const hit: FaultHit = {
    index: options.index,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: options.body,
    openedAt: performance.now(),
    get closedAt() {
      return closedAt
    },
    get closedByClient() {
      return end === 'client'
    },
    closed,
  }

  /** Only the first cause counts; later ones are consequences. */
  const close = (by: FaultHitEnd) => {
    if (end) return
    end = by
    closedAt = performance.now()
    resolve(by)
  }
  return { hit, close }
}
