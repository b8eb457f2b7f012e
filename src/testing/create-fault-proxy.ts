import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectCount, expectString } from '../core/options/validate.ts'
import { createGate, type Gate } from './gate.ts'
import { listenOnLoopback } from './listen.ts'
import { resetSocket } from './reset-socket.ts'

/** Options of {@link createFaultProxy}. */
export interface FaultProxyOptions {
  /** Port that connections are forwarded to. */
  readonly upstreamPort: number
  /** @defaultValue `127.0.0.1` */
  readonly upstreamHost?: string | undefined
}

/** A running fault proxy. Its faults act on open connections and on new ones. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number
  /** How many clients are connected. */
  readonly connections: number
  /** Forwards nothing any more, in neither direction, not even an end: the other side is gone without a word. */
  blackhole(): void
  /** Forwards again, what was held up included. */
  restore(): void
  /** Holds up every piece by so many milliseconds. 0 takes that back. */
  delay(ms: number): void
  /** Closes a connection (FIN) after so many bytes of its reply, of which no more are forwarded. Infinity takes that back. */
  cutAfter(bytes: number): void
  /** Breaks every open connection (RST, both ways). */
  reset(): void
  /** Closes the proxy and every connection; may be called again. */
  close(): Promise<void>
}

const OPTIONS: OptionNames<FaultProxyOptions> = { upstreamPort: true, upstreamHost: true }

/**
 * Starts a TCP proxy on a free port of 127.0.0.1 whose connections a test can spoil.
 *
 * @example
 * ```ts
 * import { createFaultProxy } from 'ragwire/testing'
 * await using proxy = await createFaultProxy({ upstreamPort: 6379 })
 * proxy.blackhole()
 * ```
 */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  expectOptions(options, OPTIONS, { of: 'createFaultProxy' })
  const upstreamPort = expectCount('upstreamPort', options.upstreamPort ?? null, 0)
  const upstreamHost = expectString('upstreamHost', options.upstreamHost) ?? '127.0.0.1'
  const fault: Fault = { delayMs: 0, cutAfterBytes: Infinity, blackhole: undefined }
  const restore = () => {
    fault.blackhole?.open()
    fault.blackhole = undefined
  }
  const sockets = new Set<Socket>()
  let connections = 0

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: upstreamPort, host: upstreamHost, allowHalfOpen: true })
    connections += 1
    client.once('close', () => (connections -= 1))
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      // The loop that reads or writes the socket hears of it.
      socket.on('error', () => {})
    }
    void forward(client, upstream, { fault, cuts: false })
    void forward(upstream, client, { fault, cuts: true })
  })
  const port = await listenOnLoopback(server)

  const reset = () => {
    for (const socket of sockets) resetSocket(socket)
  }
  let closedOnce: Promise<unknown> | undefined
  const close = async () => {
    closedOnce ??= once(server.close(), 'close')
    reset()
    restore()
    await closedOnce
  }

  return {
    port,
    get connections() {
      return connections
    },
    blackhole() {
      fault.blackhole ??= createGate()
    },
    restore,
    delay(ms) {
      fault.delayMs = ms
    },
    cutAfter(bytes) {
      fault.cutAfterBytes = bytes
    },
    reset,
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Fault {
  delayMs: number
  cutAfterBytes: number
  /** Closed while nothing may pass. */
  blackhole: Gate | undefined
}

/** Passes on what `from` says, its end and its failure included. Pulls, so that back-pressure passes as well. */
async function forward(from: Socket, to: Socket, options: { readonly fault: Fault; readonly cuts: boolean }) {
  const { fault, cuts } = options
  const gone = new AbortController()
  to.once('close', () => gone.abort())
  let passed = 0
  let close: () => unknown = () => to.end()
  try {
    // A socket without an encoding yields buffers.
    const pieces = from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    for await (const bytes of pieces) {
      await fault.blackhole?.pass()
      if (fault.delayMs > 0) await sleep(fault.delayMs)
      const left = cuts ? Math.max(0, fault.cutAfterBytes - passed) : Infinity
      const piece = bytes.subarray(0, left)
      passed += piece.length
      if (!to.write(piece)) await once(to, 'drain', { signal: gone.signal })
      if (piece.length < left) continue
      close = () => to.destroySoon()
      break
    }
  } catch {
    // Whichever side broke, the other one sees it break.
    close = () => resetSocket(to)
  }
  await fault.blackhole?.pass()
  close()
}
