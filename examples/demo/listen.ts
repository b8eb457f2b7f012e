import { once } from 'node:events'
import type { Server } from 'node:http'

/** Listens on `HOST` (127.0.0.1) and `PORT` (3000; 0 for a free one), and returns the URL.
 *
 * @throws Error whose message says what to do when that is not possible
 */
export async function listen(server: Server, env: NodeJS.ProcessEnv): Promise<string> {
  const host = env['HOST'] || '127.0.0.1'
  const port = readPort(env['PORT'] || '3000')
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (thrown) {
    throw new Error(explain(thrown, `${host}:${port}`), { cause: thrown })
  }
  const address = server.address()
  const taken = typeof address === 'object' && address ? address.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
}

function readPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`PORT is "${text}": set it to a number from 0 to 65535`)
}

function explain(thrown: unknown, where: string): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'EADDRINUSE') return `${where} is taken: stop what runs there, or choose another port with PORT=3001`
  if (code === 'EACCES') return `${where} needs more rights: choose a port above 1023 with PORT=3000`
  return `Cannot listen on ${where} (${String(code ?? thrown)}): set HOST to an address of this machine`
}
