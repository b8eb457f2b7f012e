import { once } from 'node:events'
import { createServer } from 'node:net'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

/** Returns a currently unused port of 127.0.0.1, for a server that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await once(server.close(), 'close')
  return port
}
