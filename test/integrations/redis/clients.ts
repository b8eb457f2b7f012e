import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { RedisClient, RedisSubscriber } from '../../../src/redis.ts'

/** A client of one of the two packages. */
export interface TestClient extends AsyncDisposable {
  readonly client: RedisClient & RedisSubscriber
  close(): Promise<void>
}

/** Opens a client of one of the two packages; it is connected unless the server is down. */
export type OpenClient = (url: string) => Promise<TestClient>

/** The two packages, by name. */
export const CLIENTS: Readonly<Record<'redis' | 'ioredis', OpenClient>> = { redis: openNodeRedis, ioredis: openIoredis }

async function openNodeRedis(url: string): Promise<TestClient> {
  const client = createClient({ url, socket: { reconnectStrategy: () => 20 } })
  // Without an error listener, a client throws an uncaught exception.
  client.on('error', () => {})
  const connecting = client.connect().catch(() => {})
  await Promise.race([connecting, new Promise((resolve) => client.once('error', resolve))])
  const close = async (): Promise<void> => {
    if (client.isOpen) client.destroy()
  }
  return { client, close, [Symbol.asyncDispose]: close }
}

async function openIoredis(url: string): Promise<TestClient> {
  const client = new Redis(url, { retryStrategy: () => 20 })
  client.on('error', () => {})
  await Promise.race(['ready', 'error'].map((event) => new Promise((resolve) => client.once(event, resolve))))
  const close = async (): Promise<void> => client.disconnect()
  return { client, close, [Symbol.asyncDispose]: close }
}
