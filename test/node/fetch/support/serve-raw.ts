import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { listenOnLoopback } from '../../../../src/testing/listen-on-loopback.ts'

/** Serves raw connections on a free port until it is disposed of. */
export async function serveRaw(
  onSocket: (socket: Socket, index: number) => void,
): Promise<AsyncDisposable & { readonly port: number; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
    onSocket(socket, sockets.length - 1)
    // The end of a connection is noticed only by a reader.
    socket.resume()
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
