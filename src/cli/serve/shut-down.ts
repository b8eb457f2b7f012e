import { once } from 'node:events'
import type { Server } from 'node:http'
import type { RunRegistry } from '../../server.ts'

const DRAIN_MS = 10_000
const CLOSE_MS = 2_000

/** The parts to shut down. */
export interface Running {
  /** The HTTP server. */
  readonly server: Server
  /** The runs that it answers. */
  readonly runs: RunRegistry
  /** Shows a line. */
  note(line: string): void
}

/**
 * Lets the answers that are being written end, and closes the server. Meanwhile new questions are refused, and readers may
 * still reconnect.
 */
export async function shutDown({ server, runs, note }: Running): Promise<void> {
  if (runs.active > 0) note(`Waiting for ${runs.active} running: press Ctrl-C again to end at once`)
  await runs.drain({ drainMs: DRAIN_MS })
  // A reader that reads nothing must not keep the server open.
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
  await once(server.close(), 'close')
  clearTimeout(timer)
}
