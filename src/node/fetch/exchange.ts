import { request as requestHttp, type Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { pipeline, Readable, type Duplex } from 'node:stream'
import { linkSignal } from '../../core/async/link-signal.ts'
import { createBodySource } from './body-source.ts'
import { decodeBody } from './decode-body.ts'
import type { FetchRequest } from './read-request.ts'
import { toFetchResponse, toWebHeaders } from './to-fetch-response.ts'

/** The connection of a request. */
export interface Connection {
  /** The agent for it. */
  readonly agent: Agent
  /** Limit for a new connection, in milliseconds. */
  readonly connectTimeoutMs: number
}

/** One attempt to send a request. */
interface Attempt {
  /** Resolves with the response when its head has arrived. */
  readonly response: Promise<Response>
  /** True if it failed on an idle connection that the server had closed, before any byte of a response. */
  isStale(): boolean
}

// Each attempt takes one idle connection out of the pool, and a new connection is never stale.
const MOST_ATTEMPTS = 3

/**
 * Sends a request, and resolves with the response when its head has arrived. A request that may be sent twice is sent again
 * if the server had closed the idle connection.
 *
 * @throws TypeError `fetch failed` with the reason as its cause, or the reason of the signal
 */
export async function exchange(request: FetchRequest, connection: Connection): Promise<Response> {
  for (let count = 1; ; count++) {
    const attempt = send(request, connection)
    try {
      return await attempt.response
    } catch (thrown) {
      const mayRepeat = count < MOST_ATTEMPTS && isRepeatable(request) && !request.signal?.aborted
      if (!mayRepeat || !attempt.isStale()) throw thrown
    }
  }
}

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

// RFC 9110, section 9.2.2: the server may have handled the request before it closed, so a POST must not be repeated unless
// its sender says that it may. The core and the clients of models repeat it themselves, within their limits.
function isRepeatable({ method, headers, body }: FetchRequest): boolean {
  return !body?.stream && (IDEMPOTENT.has(method) || 'idempotency-key' in headers)
}

function send(request: FetchRequest, { agent, connectTimeoutMs }: Connection): Attempt {
  const { url, method, headers, signal, redirect } = request
  const outgoing = (url.protocol === 'https:' ? requestHttps : requestHttp)({
    ...addressOf(url),
    agent,
    method,
    headers,
    // It also limits the way through a proxy.
    ...(connectTimeoutMs !== Infinity && { timeout: connectTimeoutMs }),
  })
  limitConnecting(outgoing, connectTimeoutMs)
  // The listeners hold what they use until the response ends, so that is let go as soon as it is used.
  let asked: Asked | undefined = { url, method, redirect }
  let pending: PromiseWithResolvers<Response> | undefined = Promise.withResolvers()
  const { promise } = pending
  let current: Stoppable = {
    fail(reason) {
      pending?.reject(reason)
      destroyRequest(outgoing)
    },
  }
  const unlink = linkSignal(signal, (reason) => current.fail(reason))
  let failure: unknown

  outgoing.once('response', (incoming) => {
    if (!asked) return
    try {
      const opened = openResponse(asked, incoming, unlink)
      current = opened.body
      pending?.resolve(opened.response)
    } catch (thrown) {
      unlink()
      current.fail(failed(thrown))
    }
    asked = undefined
    pending = undefined
  })
  outgoing.on('upgrade', refuseUpgrade)
  // After the head, the body reports the error, too.
  outgoing.on('error', (thrown) => {
    failure = thrown
    unlink()
    pending?.reject(failed(thrown))
  })
  sendBody(outgoing, request, (thrown) => {
    if (asked) current.fail(failed(thrown))
  })
  return { response: promise, isStale: () => outgoing.reusedSocket && isClosedByServer(failure) }
}

// Node converts a URL to twice as many options, and copies them three times.
function addressOf({ protocol, hostname, port, pathname, search }: URL) {
  // An IPv6 address has brackets only in a URL.
  return { protocol, hostname: hostname.replace(/^\[|\]$/gu, ''), port, path: pathname + search }
}

type Asked = Pick<FetchRequest, 'url' | 'method' | 'redirect'>

/** The part of an exchange that is under way: the request, or the body of the response. */
interface Stoppable {
  /** Ends it with an error, and closes the connection. */
  fail(reason: unknown): void
}

/** A response whose head has arrived. */
interface OpenedResponse {
  readonly response: Response
  readonly body: Stoppable
}

function openResponse(
  { url, method, redirect }: Asked,
  incoming: IncomingMessage,
  onClose: () => void,
): OpenedResponse {
  const { statusCode = 0 } = incoming
  // The headers of Node are made when they are first used, and would be kept beside these.
  const headers = toWebHeaders(incoming.rawHeaders)
  const location = headers.get('location')
  if (REDIRECTS.has(statusCode) && location !== null && redirect === 'refuse') {
    throw new Error(`The server redirects to ${originOf(location, url)}: send the request to that address`)
  }
  if (method === 'HEAD' || WITHOUT_BODY.has(statusCode)) {
    const response = toFetchResponse(incoming, { url, headers, body: null })
    incoming.once('close', onClose).resume()
    return { response, body: { fail: () => void incoming.destroy() } }
  }
  const body = createBodySource(decodeBody(incoming, headers), { response: incoming, onClose })
  return { response: toFetchResponse(incoming, { url, headers, body }), body }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

// The path may have a secret, such as a signature.
function originOf(location: string, base: URL): string {
  return URL.parse(location, base.href)?.origin ?? 'an invalid address'
}

// The message that clients of models expect of an error of the connection.
function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}

function isClosedByServer(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ECONNRESET' || thrown.code === 'EPIPE')
}

function refuseUpgrade(this: ClientRequest, _incoming: IncomingMessage, socket: Duplex): void {
  socket.destroy()
  this.emit('error', new Error('The server switches to another protocol'))
}

/** Destroys the request and its connection. */
function destroyRequest(outgoing: ClientRequest): void {
  // A request gets its connection one tick after it was made. Destroyed earlier, the connection would stay in the pool.
  if (outgoing.socket) outgoing.destroy()
  else process.nextTick(() => outgoing.destroy())
}

function limitConnecting(outgoing: ClientRequest, connectTimeoutMs: number): void {
  const onTimeout = (): void => {
    outgoing.destroy(new Error(`Cannot connect to ${outgoing.host} within ${connectTimeoutMs} ms (connectTimeoutMs)`))
  }
  outgoing.on('timeout', onTimeout)
  outgoing.once('socket', (socket) => {
    const onConnected = (): void => {
      outgoing.off('timeout', onTimeout)
      // A timer that is moved at each read costs more than the read.
      socket.setTimeout(0)
    }
    if (isConnecting(socket)) socket.once(isTls(socket) ? 'secureConnect' : 'connect', onConnected)
    else onConnected()
  })
}

interface ConnectingSocket extends Socket {
  /** True until the end of the TLS handshake. */
  readonly secureConnecting?: boolean
}

function isConnecting(socket: ConnectingSocket): boolean {
  return socket.secureConnecting ?? socket.connecting
}

function isTls(socket: ConnectingSocket): boolean {
  return socket.secureConnecting !== undefined
}

function sendBody(outgoing: ClientRequest, { body }: FetchRequest, onBroken: (thrown: Error) => void): void {
  if (!body?.stream) return void outgoing.end(body?.bytes)
  // The callback comes later than the error of the request, which does not know the cause.
  const stream = Readable.from(body.stream).once('error', onBroken)
  pipeline(stream, outgoing, () => {})
}
