import type { IncomingMessage } from 'node:http'
import { usageError } from '../command-line/cli-error.ts'

/** Returns true if a request comes from a page of this server, or not from a page at all. With DNS rebinding, another
 * site points its own domain name at this machine. A browser then treats it as the same origin, but the site cannot
 * change the `Host` that the browser sends.
 */
export type IsTrusted = (request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>) => boolean

/** Trusts `localhost` and the local address of the connection, each with the port of the server. It also trusts the names
 * in `hosts`: a name with a port, or a name alone for any port.
 */
export function createTrust(hosts: readonly string[] = []): IsTrusted {
  return ({ method, headers, socket }) => {
    const host = toHost(`http://${headers.host ?? ''}`)
    if (!host) return false
    const isOurs = localHosts(socket).includes(host.host) || hosts.includes(host.host) || hosts.includes(host.hostname)
    return isOurs && (isRead(method) || !isForeign(headers, host))
  }
}

/**
 * Checks further host names of the server, such as `chat.example` and `chat.lan:8080`.
 *
 * @throws CliError that names the fix when a name is invalid
 */
export function checkHosts(names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const host = toHost(`http://${name}`)
    if (host && host.pathname === '/' && !name.includes('@')) return host.host
    throw usageError(`Cannot use the host "${name}": write a name such as chat.example or chat.lan:8080`)
  })
}

function localHosts({ localAddress = '', localPort = 0 }: IncomingMessage['socket']): readonly string[] {
  // An IPv4 address on a socket of IPv6.
  const address = localAddress.replace(/^::ffff:/, '')
  const names = ['localhost', '127.0.0.1', '[::1]', address.includes(':') ? `[${address}]` : address]
  return names.flatMap((name) => toHost(`http://${name}:${localPort}`)?.host ?? [])
}

/** Returns true for the methods that change nothing. */
export function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Returns true if a page of another site sent the request. Clients such as curl send neither header. */
function isForeign({ origin, ...headers }: IncomingMessage['headers'], { host }: URL): boolean {
  if ((headers['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') return true
  return origin !== undefined && toHost(origin)?.host !== host
}

function toHost(url: string): URL | null {
  return URL.parse(url)
}
