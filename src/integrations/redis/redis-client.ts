import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectMethods } from '../../core/options/validate.ts'

/** What of a client of the `redis` package is used: `createClient()` or a pool of it. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** What of a client of the `ioredis` package is used: `new Redis()` or a cluster. */
export interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>
}

/**
 * A client of Redis 6.2 or later: structurally, so that every version that can do it fits and our types need no package
 * of theirs. It is connected and closed by whoever made it, and may be used for other things at the same time.
 *
 * The cluster of the `redis` package is told the key of a command beforehand; for it, pass
 * `{ sendCommand: (args) => cluster.sendCommand(args[3], false, args) }`: the first key is where `EVAL` has it. All
 * keys of one scope are in one slot.
 */
export type RedisClient = NodeRedisClient | IoredisClient

/** What is used of a connection of the `redis` package that listens. */
export interface NodeRedisSubscriber extends NodeRedisClient {
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>
}

/** What is used of a connection of the `ioredis` package that listens. */
export interface IoredisSubscriber extends IoredisClient {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  off(event: 'message', listener: (channel: string, message: string) => void): unknown
}

/**
 * A connection that listens, such as `client.duplicate()`: one of its own, because most that listen can do nothing
 * else. It may have other subscriptions, too.
 */
export type RedisSubscriber = NodeRedisSubscriber | IoredisSubscriber

/** Sends one command to the server. */
export type SendCommand = (name: string, args: string[]) => Promise<unknown>

/**
 * Makes both kinds of client one.
 *
 * @throws TypeError when the client is of neither kind
 */
export function toSendCommand(client: RedisClient): SendCommand {
  expectMethods('client', client, 'a client of the packages redis or ioredis', [])
  // Asked first, because ioredis has a `sendCommand`, too, which takes something else.
  if (isIoredis(client)) return (name, args) => client.call(name, args)
  if (typeof client.sendCommand === 'function') return (name, args) => client.sendCommand([name, ...args])
  throw invalidInput('client', 'Cannot use client: it has neither sendCommand() (redis) nor call() (ioredis)')
}

/** True if a client, or a connection that listens, is of the `ioredis` package. */
export function isIoredis<T extends IoredisClient>(client: T | NodeRedisClient): client is T {
  return 'call' in client && typeof client.call === 'function'
}
