import { once } from 'node:events'
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ChatEvent } from '../../../src/index.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'

/**
 * The point at which a connection breaks: before the server gets the request, after it has answered but before the
 * client has got anything, directly after the headers, or in the body. `afterSeq` is the `seq` of the last event that
 * is sent (-1 for the opening comment), and `bytes` the length of the part of the next frame that is sent, too. A `fetch`
 * drops bytes that it has not handed out yet when its connection breaks, so the client may get less. `isEnd` ends the
 * response in an orderly way instead: the client gets all of it.
 */
export type Cut =
  | 'before-request'
  | 'before-response'
  | 'after-headers'
  | { readonly afterSeq: number; readonly bytes?: number; readonly isEnd?: boolean }

/** A request that the proxy has received. */
export interface ProxiedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** The number of earlier requests that read a run: `POST /chat` and `GET /runs/{runId}/events`. */
  readonly readsBefore: number
  /** The highest `seq` that any client has received. */
  readonly lastSeq: number
}

/** The options of {@link createCutProxy}. */
export interface CutProxyOptions {
  readonly upstreamPort: number
  /** Returns the cut of a request that reads a run. */
  readonly cut?: (request: ProxiedRequest) => Cut | undefined
  /** Called for each event that has passed. */
  readonly onEvent?: (event: ChatEvent) => void
  /** Called after each cut. */
  readonly onCut?: () => void
}

/** An HTTP proxy that breaks connections at exact points of an event stream. */
export interface CutProxy extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** The requests, such as `POST /chat`. The ids of runs and threads are left out. */
  readonly requests: readonly string[]
  /** Breaks every connection. */
  breakConnections(): void
  /** The number of requests that are being answered. */
  readonly active: number
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function createCutProxy(options: CutProxyOptions): Promise<CutProxy> {
  const requests: string[] = []
  let reads = 0
  let lastSeq = -1
  let active = 0

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming
    const named = nameOf(method, path)
    requests.push(named)
    const isRead = / (?:\/api)?\/(?:chat|runs\/\*\/events)$/u.test(named)
    const cut = isRead ? options.cut?.({ method, path, headers, readsBefore: reads, lastSeq }) : undefined
    if (isRead) reads += 1
    const breakOff = (): void => {
      // Both send what was written before.
      if (typeof cut === 'object' && cut.isEnd) outgoing.end()
      else outgoing.socket?.destroySoon()
      options.onCut?.()
    }
    if (cut === 'before-request') return breakOff()
    const upstream = sendRequest({ port: options.upstreamPort, path, method, headers, agent: false })
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
    const [response] = (await once(upstream, 'response')) as [IncomingMessage]
    if (cut === 'before-response') return breakOff()
    outgoing.writeHead(response.statusCode ?? 500, response.headers).flushHeaders()
    if (cut === 'after-headers') return breakOff()

    let body = Buffer.alloc(0)
    let sent = 0
    let noted = 0
    for await (const piece of response as AsyncIterable<Buffer>) {
      body = Buffer.concat([body, piece])
      const end = cut && placeOf(body, cut)
      const passed = body.subarray(0, end)
      outgoing.write(passed.subarray(sent))
      sent = passed.length
      for (const frame of framesOf(passed, noted)) {
        noted = frame.end
        if (!frame.event) continue
        lastSeq = Math.max(lastSeq, frame.event.seq)
        options.onEvent?.(frame.event)
      }
      if (end !== undefined) return breakOff()
    }
    outgoing.end()
  }

  const server = createServer((incoming, outgoing) => {
    active += 1
    outgoing.once('close', () => (active -= 1))
    // A server or a client that is gone.
    forward(incoming, outgoing).catch(() => outgoing.destroy())
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    breakConnections: () => server.closeAllConnections(),
    get active() {
      return active
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}

/** Returns the position of a cut in a body, once all bytes before it are there. */
function placeOf(body: Buffer, { afterSeq, bytes = 0 }: Exclude<Cut, string>): number | undefined {
  const frames = framesOf(body, 0)
  const last = afterSeq < 0 ? frames[0] : frames.find(({ event }) => event && event.seq >= afterSeq)
  return last && body.length >= last.end + bytes ? last.end + bytes : undefined
}

interface Frame {
  /** Absent for a comment. */
  readonly event: ChatEvent | undefined
  readonly end: number
}

/** Returns the complete frames of a body behind a position. */
function framesOf(body: Buffer, from: number): readonly Frame[] {
  const frames: Frame[] = []
  for (let start = from, gap = body.indexOf('\n\n', start); gap >= 0; gap = body.indexOf('\n\n', start)) {
    const data = /^data: (.*)$/mu.exec(body.toString('utf8', start, gap))?.[1]
    start = gap + 2
    frames.push({ event: data === undefined ? undefined : JSON.parse(data), end: start })
  }
  return frames
}

function nameOf(method: string, path: string): string {
  return `${method} ${path.replace(/\?.*/u, '').replaceAll(/\/(runs|threads)\/[^/]+/gu, '/$1/*')}`
}
