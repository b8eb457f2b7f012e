import dns from 'node:dns'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { isIP, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { vi } from 'vitest'

/** The process-wide effects that a test of a wrapper checks. */
export interface ProcessWatch extends Disposable {
  /** Rejected promises without a handler, each of which would end a process. */
  readonly unhandled: readonly unknown[]
  /** Addresses other than loopback that something tried to connect to, and names that something looked up. */
  readonly foreign: readonly string[]
  /** Resolves when all rejections so far have been reported. */
  settle(): Promise<void>
}

/** Watches the rejections and the connections of this process. */
export function watchProcess(): ProcessWatch {
  const unhandled: unknown[] = []
  const foreign: string[] = []
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    socket.on('connectionAttempt', (address: string) => {
      if (address !== '127.0.0.1') foreign.push(address)
    })
  }
  // Every connection by name makes a lookup. Listening does too, for a known address.
  const { lookup } = dns
  const lookupSpy = vi.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: [never, never]) => {
    if (!isIP(name)) foreign.push(name)
    return lookup(isIP(name) ? name : '127.0.0.1', ...rest)
  }) as typeof lookup)
  process.on('unhandledRejection', onUnhandled)
  subscribe('net.client.socket', onSocket)
  return {
    unhandled,
    foreign,
    async settle() {
      for (let turn = 0; turn < 5; turn++) await nextTurn()
    },
    [Symbol.dispose]() {
      unsubscribe('net.client.socket', onSocket)
      process.off('unhandledRejection', onUnhandled)
      lookupSpy.mockRestore()
    },
  }
}
