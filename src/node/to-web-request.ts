import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { lazyBody } from '../http/lazy-body.ts'

/** A request of `node:http`, or of the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** How {@link toWebRequest} sees a request. */
export interface WebRequestOptions {
  /** The path with the query. */
  readonly path: string
  /** True if somebody has read the body already; there is none then. */
  readonly bodyIsRead: boolean
}

/**
 * Makes a web request of one of Node. Its body is not touched before it is read, so that whoever gets the request
 * next can still read it.
 *
 * @throws TypeError when it has no form on the web, such as one with the method TRACE
 */
export function toWebRequest(request: NodeRequest, { path, bodyIsRead }: WebRequestOptions): Request {
  const { method = 'GET' } = request
  const body = bodyIsRead || method === 'GET' || method === 'HEAD' ? null : toBody(request)
  // Node wants to be told that the body is sent before the answer comes; the types of the web do not know the word.
  const init = { method, headers: toHeaders(request.headers), body, duplex: 'half' }
  return new Request(originOf(request) + toTarget(path), init)
}

function toBody(request: NodeRequest): ReadableStream<Uint8Array> {
  return lazyBody(() => ({
    // Destroying the request would take the connection with it, and the answer that says what is wrong.
    [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
  }))
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/iu

// A client may send any host, a name and a password included.
function originOf({ headers, socket }: NodeRequest): string {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const host = headers[':authority'] ?? headers.host
  const origin = `${scheme}://${String(host)}`
  return typeof host === 'string' && HOST.test(host) && URL.canParse(origin) ? origin : `${scheme}://localhost`
}

const ABSOLUTE_FORM = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/iu

const REWRITTEN_BY_URL = /[\\\t\n\r]|\/(?:\.|%2e){1,2}(?:\/|$)/iu

// A guard before us has judged the path as it stands. One that a URL would make another one of (`/open/../runs`) must
// not get past it, and becomes a name that no route has.
function toTarget(path: string): string {
  const target = path.replace(ABSOLUTE_FORM, '')
  const [pathname = ''] = target.split(/[?#]/u, 1)
  if (REWRITTEN_BY_URL.test(pathname)) return `/${encodeURIComponent(target)}`
  return target.startsWith('/') ? target : `/${target}`
}

function toHeaders(headers: NodeRequest['headers']): Headers {
  const result = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    // Those of HTTP/2 that are no headers.
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) result.append(name, one)
  }
  return result
}
