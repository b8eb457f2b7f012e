import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { listenOnLoopback } from '../../../../src/testing/listen-on-loopback.ts'

/** A proxy that finds every host on this machine. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** The method and the target of each request. */
  readonly asked: readonly string[]
}

/** Starts a proxy for `http:` and, by CONNECT, for `https:`. */
export async function startProxy(): Promise<Proxy> {
  const asked: string[] = []
  const tunnels = new Set<Socket>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '')
    asked.push(`${request.method} ${url.host}${url.pathname}`)
    const target = { host: '127.0.0.1', port: url.port, path: url.pathname, agent: false }
    const outgoing = forward({ ...target, method: request.method, headers: request.headers }, (incoming) => {
      response.writeHead(incoming.statusCode ?? 0, incoming.headers)
      pipeline(incoming, response, () => {})
    })
    pipeline(request, outgoing, () => {})
  })
  server.on('connect', (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`)
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      pipeline(client, upstream, client, () => {})
    })
    tunnels.add(client).add(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const socket of tunnels) socket.destroy()
      await closed
    },
  }
}
