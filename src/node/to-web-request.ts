import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { lazyBody } from '../http/lazy-body.ts'
import { createRequestReader } from './request-reader.ts'

/** A request of `node:http`, or of the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** Options of {@link toWebRequest}. */
export interface WebRequestOptions {
  /** The path with the query. */
  readonly path: string
  /** True if the body was read already. Then the request has none. */
  readonly bodyIsRead: boolean
  /** The signal of the request. @defaultValue none, because a request with one takes longer to make */
  readonly signal?: AbortSignal | undefined
}

/**
 * Converts a request of Node to a web request. Nothing of its body is read before the first use, so that the next route
 * can still read it.
 *
 * @throws TypeError if a web request cannot represent it, such as one with the method TRACE
 */
export function toWebRequest(request: NodeRequest, { path, bodyIsRead, signal }: WebRequestOptions): Request {
  const { method = 'GET' } = request
  const hasNone = bodyIsRead || method === 'GET' || method === 'HEAD'
  const body = hasNone ? null : lazyBody(() => createRequestReader(request))
  // Node requires `duplex` for a body that is a stream; the types of the web do not have it.
  const init = { method, body, duplex: 'half', ...(signal && { signal }) }
  const webRequest = new Request(originOf(request) + toTarget(path), init)
  addHeaders(webRequest.headers, request.headers)
  return webRequest
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/iu

// A client may send any host, even one with a user name and a password.
function originOf({ headers, socket }: NodeRequest): string {
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const host = headers[':authority'] ?? headers.host
  const origin = `${scheme}://${String(host)}`
  return typeof host === 'string' && HOST.test(host) && URL.canParse(origin) ? origin : `${scheme}://localhost`
}

const ABSOLUTE_FORM = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/iu

const REWRITTEN_BY_URL = /[\\\t\n\r]|\/(?:\.|%2e){1,2}(?:\/|$)/iu

// A guard of the application has checked the path as it was sent. A path that a URL would change (`/open/../runs`)
// could bypass that guard, so it is encoded and matches no route.
function toTarget(path: string): string {
  const target = path.replace(ABSOLUTE_FORM, '')
  const [pathname = ''] = target.split(/[?#]/u, 1)
  if (REWRITTEN_BY_URL.test(pathname)) return `/${encodeURIComponent(target)}`
  return target.startsWith('/') ? target : `/${target}`
}

// To the headers of the request itself: a request that gets `Headers` copies them.
function addHeaders(headers: Headers, values: NodeRequest['headers']): void {
  for (const [name, value] of Object.entries(values)) {
    // HTTP/2 has pseudo-headers.
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
}
