import dns from 'node:dns'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { isIP, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { vi } from 'vitest'

/** What this process did that a test of a wrapper must know. */
export interface ProcessWatch extends Disposable {
  /** Promises that were rejected and that had no handler: each of them ends a process. */
  readonly unhandled: readonly unknown[]
  /** Addresses other than loopback to which something tried to connect, and names that something looked up. */
  readonly foreign: readonly string[]
  /** Resolves when what has been rejected so far has been reported. */
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
  // Whatever connects by name asks here. To listen asks too, for an address that is known.
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
