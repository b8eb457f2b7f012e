import { request as httpRequest } from 'node:http'
import { constants, connect, type ClientHttp2Stream } from 'node:http2'
import { Client } from 'undici'
import type { ByteSource } from '../../../src/sse.ts'
import { openRawClient, type RawClient, type RawClientEnd, type RawClientOptions } from '../../../src/testing.ts'
import type { ChatServer, ServerKind } from './servers.ts'

/** The actions of a test client on a server. */
export type ChatClient = Omit<RawClient, 'bytesReceived'>

/** The ways in which a client leaves: politely (FIN; a GOAWAY in HTTP/2), or at once (RST; RST_STREAM in HTTP/2). */
export type Leave = 'end' | 'destroy'

/** Opens a connection and asks a question: in the body of a POST, or in the URL of a GET or HEAD. */
export function ask(
  kind: Pick<ServerKind, 'http2'>,
  server: Pick<ChatServer, 'port'>,
  options: {
    readonly question?: string
    readonly method?: 'GET' | 'HEAD' | 'POST'
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<ChatClient> {
  const { question = 'Why?', method = 'POST', headers = {} } = options
  const path = method === 'POST' ? '/chat' : `/chat?question=${encodeURIComponent(question)}`
  const request = { path, ...(method === 'POST' && { body: { question } }) }
  return openClient(kind, { ...request, method, headers, port: server.port })
}

/** Opens a connection with the HTTP version of the server, and sends a request. */
export async function openClient(kind: Pick<ServerKind, 'http2'>, options: RawClientOptions): Promise<ChatClient> {
  return kind.http2 ? openHttp2Client(options) : openRawClient(options)
}

/** A request that may be malformed in any way. */
export interface PlainRequest {
  readonly method?: 'DELETE' | 'GET' | 'HEAD' | 'OPTIONS' | 'PATCH' | 'POST' | 'PUT'
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: string
}

/** The received response. */
export interface PlainResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: ByteSource
}

/** A connection that is reused for several requests. */
export interface Connection extends AsyncDisposable {
  send(request?: PlainRequest): Promise<PlainResponse>
}

/** Opens a connection with the HTTP version of the server, with an ordinary client. */
export function openConnection(kind: Pick<ServerKind, 'http2'>, { port }: Pick<ChatServer, 'port'>): Connection {
  const url = `http://127.0.0.1:${port}`
  return kind.http2 ? openHttp2Connection(url) : openHttpConnection(url)
}

const QUESTION: Required<PlainRequest> = {
  method: 'POST',
  path: '/chat',
  headers: { 'content-type': 'application/json' },
  body: '{"question":"Why?"}',
}

function openHttpConnection(url: string): Connection {
  const client = new Client(url)
  return {
    async send(request) {
      const { statusCode, headers, body } = await client.request(withoutBody({ ...QUESTION, ...request }))
      return { status: statusCode, headers: toHeaders(headers), body }
    },
    [Symbol.asyncDispose]: () => client.destroy(),
  }
}

function openHttp2Connection(url: string): Connection {
  const session = connect(url)
  session.on('error', () => {})
  return {
    send(request) {
      const { method, path, headers, body = '' } = withoutBody({ ...QUESTION, ...request })
      const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
      stream.end(body)
      return new Promise((resolve, reject) => {
        stream.once('error', reject)
        stream.once('response', (head) =>
          resolve({ status: head[':status'] ?? 0, headers: toHeaders(head), body: stream }),
        )
      })
    },
    async [Symbol.asyncDispose]() {
      session.destroy()
    },
  }
}

// Only some methods have a body.
function withoutBody({
  body,
  ...request
}: Required<PlainRequest>): PlainRequest & Pick<Required<PlainRequest>, 'method' | 'path'> {
  return ['PATCH', 'POST', 'PUT'].includes(request.method) ? { ...request, body } : request
}

function toHeaders(fields: Readonly<Record<string, number | string | readonly string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one))
  }
  return headers
}

/** A request with a partial body that does not end. */
export interface Upload extends Disposable {
  /** The status, which a server may send before it has all of the body. */
  readonly status: Promise<number>
  destroy(): void
}

/** Begins to send a body of unknown length, or of the length in its headers. */
export function openUpload(
  kind: Pick<ServerKind, 'http2'>,
  { port, path, headers }: RawClientOptions,
  body: string,
): Upload {
  const all = { 'content-type': 'application/json', ...headers }
  const status = Promise.withResolvers<number>()
  // A client that leaves does not await the response.
  status.promise.catch(() => {})
  if (!kind.http2) {
    const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers: all, agent: false })
    request.on('response', (response) => status.resolve(response.statusCode ?? 0))
    request.on('error', status.reject)
    request.write(body)
    const destroy = () => void request.destroy()
    return { status: status.promise, destroy, [Symbol.dispose]: destroy }
  }
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', status.reject)
  const stream = session.request({ ':method': 'POST', ':path': path, ...all }, { endStream: false })
  stream.on('response', (head) => status.resolve(head[':status'] ?? 0))
  stream.on('error', status.reject)
  stream.write(body)
  const destroy = () => session.destroy()
  return { status: status.promise, destroy, [Symbol.dispose]: destroy }
}

/** The same as the raw client, over HTTP/2. */
async function openHttp2Client({ port, path = '/', headers, body, ...options }: RawClientOptions): Promise<ChatClient> {
  const { method = body === undefined ? 'GET' : 'POST' } = options
  const session = connect(`http://127.0.0.1:${port}`)
  // An error of the session also breaks the stream, which reports it.
  session.on('error', () => {})
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const stream = session.request({ ':method': method, ':path': path, ...type, ...headers })
  stream.end(body === undefined ? undefined : JSON.stringify(body))
  const received = receive(stream)
  await new Promise((resolve) => stream.once('ready', resolve))
  const leave = (how: Leave) => {
    received.end('destroyed')
    if (how === 'destroy') stream.close(constants.NGHTTP2_CANCEL)
    session.close()
    if (how === 'end') session.destroy()
  }
  void received.ended.then(() => session.close())
  return {
    head: () => received.head,
    get text() {
      return received.text()
    },
    waitFor: received.waitFor,
    ended: () => received.ended,
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    end: () => leave('end'),
    destroy: () => leave('destroy'),
    [Symbol.dispose]: () => session.destroy(),
  }
}

function receive(stream: ClientHttp2Stream) {
  const head = Promise.withResolvers<{ readonly status: number; readonly headers: Headers }>()
  const over = Promise.withResolvers<RawClientEnd>()
  const watching = new Set<() => void>()
  let text = ''
  let end: RawClientEnd | undefined
  const notify = () => {
    for (const look of watching) look()
  }
  const finish = (how: RawClientEnd) => {
    end ??= how
    over.resolve(end)
    notify()
  }
  stream.setEncoding('utf8')
  stream.on('response', (headers) => {
    head.resolve({ status: headers[':status'] ?? 0, headers: toHeaders(headers) })
  })
  stream.on('data', (piece: string) => {
    text += piece
    notify()
  })
  stream.on('error', () => {})
  // An end without an error code means a complete response to a client.
  stream.on('close', () =>
    finish(stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.readableEnded ? 'complete' : 'reset'),
  )

  return {
    head: head.promise,
    ended: over.promise,
    text: () => text,
    end: finish,
    waitFor(wanted: string | ((text: string) => boolean)): Promise<string> {
      const found = () => (typeof wanted === 'string' ? text.includes(wanted) : wanted(text))
      return new Promise((resolve, reject) => {
        const look = () => {
          if (found()) resolve(text)
          else if (end) reject(new Error(`The response ended (${end}): ${JSON.stringify(text.slice(-500))}`))
          else return
          watching.delete(look)
        }
        watching.add(look)
        look()
      })
    },
  }
}
