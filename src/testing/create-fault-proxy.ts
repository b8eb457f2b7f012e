import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { countOption } from '../core/options/options-with-defaults.ts'
import { expectString } from '../core/options/validate.ts'
import { createGate, type Gate } from './gate.ts'
import { listenOnLoopback } from './listen-on-loopback.ts'
import { resetSocket } from './reset-socket.ts'

/** Options of {@link createFaultProxy}. */
export interface FaultProxyOptions {
  /** Port to which connections are forwarded. */
  readonly upstreamPort: number
  /** Host to which connections are forwarded. @defaultValue `127.0.0.1` */
  readonly upstreamHost?: string | undefined
}

/** A running fault proxy. Its faults affect open and new connections. */
export interface FaultProxy extends AsyncDisposable {
  /** Port of the proxy on 127.0.0.1. */
  readonly port: number
  /** The number of connected clients. */
  readonly connections: number
  /** Forwards nothing more in either direction, not even an end: the other side seems to have vanished. */
  blackhole(): void
  /** Forwards again, including the data held back. */
  restore(): void
  /** Delays every piece by this many milliseconds. 0 turns the delay off. */
  delay(ms: number): void
  /**
   * Closes a connection (FIN) after this many bytes of its reply, and forwards nothing after them. `Infinity` turns it
   * off.
   */
  cutAfter(bytes: number): void
  /** Breaks every open connection (RST, in both directions). */
  reset(): void
  /** Closes the proxy and every connection; may be called again. */
  close(): Promise<void>
}

const OPTIONS: OptionNames<FaultProxyOptions> = { upstreamPort: true, upstreamHost: true }

/**
 * Starts a TCP proxy on a free port of 127.0.0.1 that injects faults into its connections.
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
  const upstreamPort = countOption('upstreamPort', options.upstreamPort ?? null, 0)
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
      // The loop that reads or writes the socket handles the error.
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
  /** The gate that holds all data back; undefined outside of a blackhole. */
  blackhole: Gate | undefined
}

/** Forwards the data, the end and the failure of `from`. It pulls, so that it forwards back-pressure, too. */
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
    // When one side breaks, the other one is broken too.
    close = () => resetSocket(to)
  }
  await fault.blackhole?.pass()
  close()
}
