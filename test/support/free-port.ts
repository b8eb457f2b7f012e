import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * The first port and the number of ports. They lie below the range from which a system takes the ports of connections and
 * of servers without a fixed port, so that no other test gets the port before the server listens, or while it restarts.
 */
const FIRST = 20_000
const COUNT = 12_000

const ATTEMPTS = 100

// Two ports of one test differ, although no server listens yet.
let next = randomInt(COUNT)

/** Returns a currently unused port of 127.0.0.1, for a server that cannot choose one. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    next = (next + 1) % COUNT
    const port = FIRST + next
    if (await isFree(port)) return port
  }
  throw new Error(`Found no unused port from ${FIRST} to ${FIRST + COUNT - 1} in ${ATTEMPTS} attempts`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    // In use, or kept for another purpose.
    return false
  }
  await once(server.close(), 'close')
  return true
}
