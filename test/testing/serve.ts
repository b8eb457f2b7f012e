import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

/** A server on a free port, until it is disposed of. */
export interface Serving extends AsyncDisposable {
  readonly port: number
}

/** Serves HTTP. */
export function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Serving> {
  return serveWith(createServer((request, response) => void answer(request, response)))
}

/** Serves with a server of `node:http` or `node:https`. */
export async function serveWith(server: Server | SecureServer): Promise<Serving> {
  const port = await listenOnLoopback(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
