import { once } from 'node:events'
import { createServer } from 'node:net'
import { listenOnLoopback } from '../../src/testing/listen.ts'

/** A port of 127.0.0.1 that nobody uses at the moment, for a server that has to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnLoopback(server)
  await once(server.close(), 'close')
  return port
}
