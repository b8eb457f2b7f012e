import { startNginx, type NginxOptions } from '../../support/nginx.ts'
import { startRedisServer } from '../../support/redis-server.ts'
import { startInstance, type Instance } from '../../support/start-instance.ts'
import { freePort } from '../../support/free-port.ts'

/** The pieces of the answer, which has one source. */
export const WORDS = ['Cats ', 'sleep ', '[1]. ', '猫は', '眠る. ', 'The end.'] as const

/** Three servers over one Redis, behind an nginx that gives each request to the next one. */
export interface Instances extends AsyncDisposable {
  readonly url: string
  /** Starts those that were killed, on the ports that they had. The others forget the text that they have not sent. */
  startAll(): Promise<void>
  /** Returns the server on this port. */
  instance(port: number): Instance
  /** Kills the server on this port. */
  kill(port: number): Promise<void>
  killAll(): Promise<void>
  /** The calls of all models so far, also of servers that were killed. */
  generations(): number
  /** Returns the port in the header `x-upstream`, which names one server for each attempt of nginx. */
  portOf(header: string | null): number
}

/** Starts them. */
export async function openInstances(options: NginxOptions = {}): Promise<Instances> {
  const redis = await startRedisServer()
  const ports = [await freePort(), await freePort(), await freePort()]
  const running = new Map<number, Instance>()
  const all: Instance[] = []

  async function startAll(): Promise<void> {
    for (const instance of running.values()) instance.clear()
    const missing = ports.filter((port) => !running.has(port))
    await Promise.all(
      missing.map(async (port) => {
        const limits = { leaseMs: 2_000, pollMs: 100, onDisconnect: { continueForMs: 60_000 } }
        const instance = await startInstance({ store: 'redis', url: redis.url, ...limits, port })
        running.set(port, instance)
        all.push(instance)
      }),
    )
  }

  async function kill(port: number): Promise<void> {
    const instance = running.get(port)
    running.delete(port)
    await instance?.kill()
  }

  const killAll = async (): Promise<void> => void (await Promise.all(ports.map(kill)))

  await startAll()
  const nginx = await startNginx(ports, options)
  return {
    url: `http://127.0.0.1:${nginx.port}`,
    startAll,
    kill,
    killAll,
    instance(port) {
      const instance = running.get(port)
      if (!instance) throw new Error(`There is no server on port ${port}`)
      return instance
    },
    generations: () => all.reduce((sum, { generations }) => sum + generations, 0),
    portOf: (header) => Number(header?.split(':').at(-1)),
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]()
      await killAll()
      await redis.close()
    },
  }
}
