/** The used part of a client of the `redis` package: `createClient()`, or a pool of it. */
export interface NodeRedisClient {
  /** Sends one command, with its name as the first argument. */
  sendCommand(args: string[]): Promise<unknown>
}

/** The used part of a client of the `ioredis` package: `new Redis()`, or a cluster. */
export interface IoredisClient {
  /** Sends one command. */
  call(command: string, args: string[]): Promise<unknown>
}

/**
 * A client of Redis 6.2 or later. The type is structural, so that it needs no package and fits many versions. You connect
 * and close the client, and may use it for other things at the same time.
 *
 * The cluster client of the `redis` package needs the key of each command. Pass
 * `{ sendCommand: (args) => cluster.sendCommand(args[3], false, args) }`: `args[3]` is the first key of an `EVAL`. All
 * keys of one scope are in one slot.
 */
export type RedisClient = NodeRedisClient | IoredisClient

/** The used part of a subscriber connection of the `redis` package. */
export interface NodeRedisSubscriber extends NodeRedisClient {
  /** Subscribes a listener to a channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  /** Removes a listener from a channel. */
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>
}

/** The used part of a subscriber connection of the `ioredis` package. */
export interface IoredisSubscriber extends IoredisClient {
  /** Subscribes the connection to a channel. */
  subscribe(channel: string): Promise<unknown>
  /** Unsubscribes the connection from a channel. */
  unsubscribe(channel: string): Promise<unknown>
  /** Adds a listener for the messages of all channels. */
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  /** Removes a listener. */
  off(event: 'message', listener: (channel: string, message: string) => void): unknown
}

/**
 * A dedicated subscriber connection, such as `client.duplicate()`: most clients cannot send other commands on it. It may
 * have other subscriptions.
 */
export type RedisSubscriber = NodeRedisSubscriber | IoredisSubscriber

/** Returns true if a client or subscriber is of the `ioredis` package. */
export function isIoredis<T extends IoredisClient>(client: T | NodeRedisClient): client is T {
  return 'call' in client && typeof client.call === 'function'
}
