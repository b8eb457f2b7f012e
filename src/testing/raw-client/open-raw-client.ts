import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { resetSocket } from '../reset-socket.ts'
import { DEFAULT_TIME_LIMIT_MS, withinTimeLimit } from '../within-time-limit.ts'
import { createBodyReceiver, describeWanted, type RawClientEnd } from './body-receiver.ts'
import { createResponseParser, type RawResponseHead, type ResponseParser } from './response-parser.ts'

/** Options of {@link openRawClient}. */
export interface RawClientOptions {
  /** Port of the server. */
  readonly port: number
  /** Host of the server. @defaultValue `127.0.0.1` */
  readonly host?: string | undefined
  /** The HTTP method. @defaultValue `POST` with a body, else `GET` */
  readonly method?: string | undefined
  /** The path with the query. @defaultValue `/` */
  readonly path?: string | undefined
  /** Headers. They are added to `host`, `connection: close` and the headers of the body, and override them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The body, sent as JSON. @defaultValue no body */
  readonly body?: unknown
  /** Time limit of every wait, in milliseconds. @defaultValue 10,000 */
  readonly timeLimitMs?: number | undefined
}

/** An HTTP/1.1 client on a bare socket, whose reading and closing a test controls. */
export interface RawClient extends Disposable {
  /** Resolves with the head as soon as it has arrived. */
  head(): Promise<RawResponseHead>
  /** The body so far, decoded from UTF-8. */
  readonly text: string
  /** Number of bytes that the socket has received, including the head. */
  readonly bytesReceived: number
  /** Resolves with {@link RawClient.text} once it contains this; rejects when the response ends without it. */
  waitFor(wanted: string | ((text: string) => boolean)): Promise<string>
  /** Resolves when the response has ended. Rejects only at the time limit. */
  ended(): Promise<RawClientEnd>
  /** Stops reading, so that the buffers in between fill up. */
  pause(): void
  /** Reads again. */
  resume(): void
  /** Closes the sending side: sends FIN. */
  end(): void
  /** Closes at once: sends RST. May be called again. */
  destroy(): void
}

const OPTIONS: OptionNames<RawClientOptions> = {
  port: true,
  host: true,
  method: true,
  path: true,
  headers: true,
  body: true,
  timeLimitMs: true,
}

/**
 * Opens a connection and sends one request; resolves when it has been sent.
 *
 * @example
 * ```ts
 * import { openRawClient } from 'ragwire/testing'
 * using client = await openRawClient({ port: 3000, path: '/chat', body: { question: 'Why?' } })
 * await client.waitFor('event: token')
 * client.destroy()
 * ```
 */
export async function openRawClient(options: RawClientOptions): Promise<RawClient> {
  expectOptions(options, OPTIONS, { of: 'openRawClient' })
  const { host = '127.0.0.1' } = options
  const port = countOption('port', options.port ?? null, 0)
  const timeLimitMs = durationOption('timeLimitMs', options.timeLimitMs, DEFAULT_TIME_LIMIT_MS)
  const method = options.method ?? (options.body === undefined ? 'GET' : 'POST')
  const received = createBodyReceiver()
  const head = Promise.withResolvers<RawResponseHead>()
  // A caller need not await the head, so its rejection must not count as unhandled.
  head.promise.catch(() => {})
  const parser = createResponseParser({
    method,
    onHead: head.resolve,
    onBody: received.push,
    onComplete: () => received.end('complete'),
  })

  const socket = connect({ port, host })
  feed(parser, socket, (failure) => {
    received.end(failure ? 'reset' : 'cut')
    head.reject(new Error('The connection closed before the head of the response arrived', { cause: failure }))
  })
  try {
    await withinTimeLimit(once(socket, 'connect'), timeLimitMs, () => `Could not connect to port ${port}`)
  } catch (error) {
    socket.destroy()
    throw error
  }
  socket.write(formatRequest(options, method))

  const within = <T>(promise: Promise<T>, what: string) =>
    withinTimeLimit(promise, timeLimitMs, () => `${what} (received: ${received.tail()})`)
  const destroy = () => {
    received.end('destroyed')
    resetSocket(socket)
  }

  return {
    head: () => within(head.promise, 'The head did not arrive'),
    get text() {
      return received.text()
    },
    get bytesReceived() {
      return socket.bytesRead
    },
    waitFor: (wanted) => within(received.waitFor(wanted), `${describeWanted(wanted)} did not arrive`),
    ended: () => within(received.ended, 'The response did not end'),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy,
    [Symbol.dispose]: destroy,
  }
}

/** Passes the received bytes to the parser; reports when the socket has closed, and the error that broke it. */
function feed(parser: ResponseParser, socket: Socket, onClose: (failure: unknown) => void): void {
  let failure: unknown
  socket.on('error', (error) => (failure = error))
  socket.on('data', (bytes) => {
    try {
      parser.push(bytes)
    } catch (error) {
      failure = error
      socket.destroy()
    }
  })
  socket.on('end', () => parser.finish())
  socket.on('close', () => onClose(failure))
}

function formatRequest(options: RawClientOptions, method: string): string {
  const body = options.body === undefined ? '' : JSON.stringify(options.body)
  const headers = new Headers({
    host: `${options.host ?? '127.0.0.1'}:${options.port}`,
    connection: 'close',
    ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  })
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${options.path ?? '/'} HTTP/1.1\r\n${lines}\r\n${body}`
}
