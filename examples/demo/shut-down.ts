import { once } from 'node:events'
import type { Server } from 'node:http'
import type { RunRegistry } from 'ragwire/server'

const DRAIN_MS = 10_000
const CLOSE_MS = 2_000

/** The parts to shut down. */
export interface Running {
  readonly server: Server
  readonly runs: RunRegistry
}

/**
 * Ends the process with SIGINT or SIGTERM, but lets the answers that are being written end first. Meanwhile new questions are
 * refused, and readers may still reconnect. A second signal ends the process at once.
 */
export function shutDownOnSignal({ server, runs }: Running): void {
  let signals = 0

  async function onSignal(): Promise<void> {
    signals += 1
    if (signals > 1) process.exit(1)
    if (runs.active > 0) console.error(`Waiting for ${runs.active} running: press Ctrl-C again to end at once`)
    await runs.drain({ drainMs: DRAIN_MS })
    // A reader that reads nothing must not keep the process alive.
    setTimeout(() => process.exit(), CLOSE_MS)
    await once(server.close(), 'close')
    process.exit()
  }

  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void onSignal())
}
