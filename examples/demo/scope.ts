import type { IncomingMessage, ServerResponse } from 'node:http'

const COOKIE = 'ragwire-demo'
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * Whose conversations a request may see: those of its browser, known by a cookie that a page cannot read. A request
 * without it gets one; an application would take the user of its session.
 */
export function scopeOf({ headers }: IncomingMessage, response: ServerResponse): string {
  const known = readCookie(headers.cookie ?? '')
  if (known) return known
  const scope = crypto.randomUUID()
  // After a link on another site the browser keeps its cookie back, and a new one would take its place.
  if (headers['sec-fetch-site'] !== 'cross-site') {
    response.setHeader('set-cookie', `${COOKIE}=${scope}; Path=/; HttpOnly; SameSite=Strict`)
  }
  return scope
}

function readCookie(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name, value = '']) => name === COOKIE && UUID.test(value))?.[1]
}
