import type { IncomingMessage } from 'node:http'

/**
 * Decides whether a request was sent to this server by a page of this server, or by no page. A page elsewhere that has
 * its own domain name lead to this machine (DNS rebinding) passes for the same origin in a browser, but it cannot choose
 * the `Host` that the browser sends.
 */
export type IsTrusted = (request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>) => boolean

/**
 * Trusts `localhost` and the address that a connection came in at, each with the port of the server, and what `hosts`
 * names: a name with a port, or a name alone for any port.
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
 * `DEMO_HOSTS`: further names that the demo is reached by, separated by commas, such as `demo.lan:8080,demo.example`.
 *
 * @throws Error that says what to do when one of them is no name
 */
export function readHosts(env: NodeJS.ProcessEnv): readonly string[] {
  const names = (env['DEMO_HOSTS'] ?? '').split(',').map((name) => name.trim())
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const host = toHost(`http://${name}`)
      if (host && host.pathname === '/' && !name.includes('@')) return host.host
      throw new Error(`DEMO_HOSTS has "${name}": set it to names such as demo.example or demo.lan:8080`)
    })
}

function localHosts({ localAddress = '', localPort = 0 }: IncomingMessage['socket']): readonly string[] {
  // An IPv4 address on a socket of IPv6.
  const address = localAddress.replace(/^::ffff:/, '')
  const names = ['localhost', '127.0.0.1', '[::1]', address.includes(':') ? `[${address}]` : address]
  return names.flatMap((name) => toHost(`http://${name}:${localPort}`)?.host ?? [])
}

function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Whether the page of another site asks. Clients such as curl send neither header. */
function isForeign({ origin, ...headers }: IncomingMessage['headers'], { host }: URL): boolean {
  if ((headers['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') return true
  return origin !== undefined && toHost(origin)?.host !== host
}

function toHost(url: string): URL | null {
  return URL.parse(url)
}
