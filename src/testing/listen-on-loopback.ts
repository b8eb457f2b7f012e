import { once } from 'node:events'
import type { Server } from 'node:net'

/** Listens on 127.0.0.1, and resolves with the port. @defaultValue port 0, a free one */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null)
    throw new Error('Cannot read the port of the server: it does not listen on TCP')
  return address.port
}
