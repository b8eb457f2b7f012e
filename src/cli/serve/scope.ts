import type { IncomingMessage, ServerResponse } from 'node:http'

const COOKIE = 'ragwire'
const A_MONTH_IN_SECONDS = 30 * 24 * 60 * 60
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** Returns the scope of a request: the id of its browser, from a cookie that a page cannot read. An application would
 * use the user of its session.
 */
export function scopeOf({ headers }: Request): string {
  const scope = readCookie(headers.get('cookie') ?? '')
  if (scope === undefined) throw new Error('The request was not welcomed: it has no cookie')
  return scope
}

/** Adds a new cookie to a request without one, and sets it in the response. */
export function welcome({ headers }: IncomingMessage, response: ServerResponse): void {
  const { cookie = '' } = headers
  if (readCookie(cookie)) return
  const pair = `${COOKIE}=${crypto.randomUUID()}`
  headers.cookie = cookie ? `${cookie}; ${pair}` : pair
  // After a link on another site the browser does not send its cookie, and a new one would replace it.
  if (headers['sec-fetch-site'] === 'cross-site') return
  response.setHeader('set-cookie', `${pair}; Path=/; Max-Age=${A_MONTH_IN_SECONDS}; HttpOnly; SameSite=Strict`)
}

function readCookie(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name, value = '']) => name === COOKIE && UUID.test(value))?.[1]
}
