import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const COOKIE = 'ragwire'
const A_MONTH_IN_SECONDS = 30 * 24 * 60 * 60
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

// Set by the server itself: one that a client sends is replaced.
const SCOPE_HEADER = 'x-ragwire-scope'

/** Returns the scope of a request that {@link identify} has seen. */
export function scopeOf({ headers }: Request): string {
  const scope = headers.get(SCOPE_HEADER)
  if (scope === null) throw new Error('The request has no scope: identify it first')
  return scope
}

/**
 * Gives a request its scope, which decides whose conversations it may see. That is the id in the cookie of a browser; or
 * the key of an API client, as a hash; or `local` for a client of this machine without either. Any other client gets a
 * cookie, as a browser does.
 */
export function identify(request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request
  headers[SCOPE_HEADER] = scopeWithoutCookie(request) ?? welcome(request, response)
}

function scopeWithoutCookie(request: IncomingMessage): string | undefined {
  const { cookie = '', authorization } = request.headers
  if (readCookie(cookie) !== undefined) return undefined
  if (authorization !== undefined) {
    return `key-${createHash('sha256').update(authorization).digest('hex').slice(0, 32)}`
  }
  return isBrowser(request) || !isOfThisMachine(request) ? undefined : 'local'
}

/** Returns the id of a browser, from its cookie. A new browser gets one, which a page cannot read. */
export function welcome({ headers }: IncomingMessage, response: ServerResponse): string {
  const known = readCookie(headers.cookie ?? '')
  if (known !== undefined) return known
  const id = crypto.randomUUID()
  // After a link on another site the browser does not send its cookie, and a new one would replace it.
  if (headers['sec-fetch-site'] !== 'cross-site') {
    const attributes = `Path=/; Max-Age=${A_MONTH_IN_SECONDS}; HttpOnly; SameSite=Strict`
    response.setHeader('set-cookie', `${COOKIE}=${id}; ${attributes}`)
  }
  return id
}

/** Returns true for a page. Browsers send one of these headers at least with what changes something. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return headers['sec-fetch-site'] !== undefined || headers.origin !== undefined
}

/** A request that a proxy on this machine passes on comes from anywhere. */
function isOfThisMachine({ socket, headers }: IncomingMessage): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/u, '')
  return address === '::1' || address.startsWith('127.')
}

function readCookie(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name, value = '']) => name === COOKIE && UUID.test(value))?.[1]
}
