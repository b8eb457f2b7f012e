import { once } from 'node:events'
import type { Server } from 'node:http'
import { CliError } from '../command-line/cli-error.ts'
import { codeOf } from '../command-line/reason-of.ts'

/** The address and the port of a server. */
export interface ListenOptions {
  /** An address of this machine. */
  readonly host: string
  /** The port; 0 for a free one. */
  readonly port: number
}

/**
 * Listens, and returns the URL.
 *
 * @throws CliError that says what to do when that is not possible
 */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new CliError(explain(cause, `${host}:${port}`), { cause })
  }
  const address = server.address()
  const taken = typeof address === 'object' && address ? address.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
}

function explain(thrown: unknown, where: string): string {
  const code = codeOf(thrown)
  if (code === 'EADDRINUSE')
    return `Cannot listen on ${where}: it is taken, so stop what runs there, or use --port 3001`
  if (code === 'EACCES') return `Cannot listen on ${where}: it needs more rights, so use a port above 1023, --port 3000`
  return `Cannot listen on ${where} (${code ?? String(thrown)}): set --host to an address of this machine`
}
