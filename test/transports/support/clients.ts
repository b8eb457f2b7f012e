import { constants, connect, type ClientHttp2Stream } from 'node:http2'
import { Client } from 'undici'
import type { ByteSource } from '../../../src/sse.ts'
import { openRawClient, type RawClient, type RawClientEnd, type RawClientOptions } from '../../../src/testing.ts'
import type { ChatServer, ServerKind } from './servers.ts'

/** What a test does to a server from the other side. */
export type ChatClient = Omit<RawClient, 'bytesReceived'>

/** How a client leaves: politely (FIN; a GOAWAY in HTTP/2), or at once (RST; RST_STREAM in HTTP/2). */
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

/** Opens a connection of the server's own version of HTTP, and sends a request. */
async function openClient(kind: Pick<ServerKind, 'http2'>, options: RawClientOptions): Promise<ChatClient> {
  return kind.http2 ? openHttp2Client(options) : openRawClient(options)
}

/** A request that may be wrong in any way. */
export interface PlainRequest {
  readonly method?: 'GET' | 'POST'
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: string
}

/** A connection that is kept for one request after the other. */
export interface Connection extends AsyncDisposable {
  send(request?: PlainRequest): Promise<{ readonly status: number; readonly body: ByteSource }>
}

/** Opens a connection of the server's own version of HTTP, with an ordinary client. */
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
      const { statusCode, body } = await client.request({ ...QUESTION, ...request })
      return { status: statusCode, body }
    },
    [Symbol.asyncDispose]: () => client.destroy(),
  }
}

function openHttp2Connection(url: string): Connection {
  const session = connect(url)
  session.on('error', () => {})
  return {
    send(request) {
      const { method, path, headers, body } = { ...QUESTION, ...request }
      const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
      stream.end(body)
      return new Promise((resolve, reject) => {
        stream.once('error', reject)
        stream.once('response', (head) => resolve({ status: head[':status'] ?? 0, body: stream }))
      })
    },
    async [Symbol.asyncDispose]() {
      session.destroy()
    },
  }
}

/** The same as the raw client, over HTTP/2. */
async function openHttp2Client({ port, method, path, headers, body }: RawClientOptions): Promise<ChatClient> {
  const session = connect(`http://127.0.0.1:${port}`)
  // What breaks the session breaks the stream, which says so.
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
    const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
    head.resolve({
      status: headers[':status'] ?? 0,
      headers: new Headers(fields.map(([name, value]): [string, string] => [name, String(value)])),
    })
  })
  stream.on('data', (piece: string) => {
    text += piece
    notify()
  })
  stream.on('error', () => {})
  // An end without a code is what a client takes for a complete response.
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
