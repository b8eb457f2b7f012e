import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import { freePort } from './free-port.ts'

const PATHS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']

/** The path of the server: the first in PATH, unless REDIS_SERVER_PATH is set. */
const redisServerPath: string | undefined = [
  process.env['REDIS_SERVER_PATH'],
  ...PATHS.map((path) => join(path, 'redis-server')),
].find((path) => path !== undefined && isExecutable(path))

/** True if the tests that need Redis can run; in CI they must. */
export const hasRedis: boolean = redisServerPath !== undefined || process.env['CI'] === 'true'

/** The options of {@link startRedisServer}. */
export interface RedisServerOptions {
  /** True if writes survive a restart. @defaultValue false */
  readonly appendOnly?: boolean
  /** The required password. @defaultValue none */
  readonly password?: string
  /** Further settings, such as `cluster-enabled`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A Redis server for the tests, on a port of its own. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  /** The URL, with the password if there is one. */
  readonly url: string
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Starts it again on the same port after a kill; without `appendOnly` it is then empty. */
  start(): Promise<void>
  /** Ends it and removes its files; may be called again. */
  close(): Promise<void>
}

/** Starts a Redis server on 127.0.0.1 with its files in a folder of its own. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-redis-'))
  const port = await freePort()
  const { password = '' } = options
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: options.appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    ...(password !== '' && { requirepass: password }),
    // Otherwise a cluster takes the port 10,000 above, which another program may have.
    ...(options.settings?.['cluster-enabled'] === 'yes' && { 'cluster-port': String(await freePort()) }),
    ...options.settings,
  }
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    if (redisServerPath === undefined) throw new Error('No redis-server: install it or set REDIS_SERVER_PATH')
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    server = spawn(redisServerPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    // It accepts connections before this message, while it is still loading its data.
    await withinTimeLimit(untilSaid(server, 'Ready to accept connections'), 10_000, () => 'redis-server is not ready')
  }

  async function kill(): Promise<void> {
    const running = server
    server = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const closed = once(running, 'close')
    running.kill('SIGKILL')
    await withinTimeLimit(closed, 10_000, () => 'redis-server did not end')
  }

  async function close(): Promise<void> {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (thrown) {
    await close()
    throw thrown
  }
  const auth = password === '' ? '' : `:${encodeURIComponent(password)}@`
  return { port, url: `redis://${auth}127.0.0.1:${port}`, kill, start, close, [Symbol.asyncDispose]: close }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Waits for a line in the output of a process, and continues to read it afterwards, because a full pipe would block
 * the process.
 */
async function untilSaid(child: ChildProcess, line: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000)
    if (said.includes(line)) resolve()
  })
  child.once('error', reject)
  child.once('close', () => reject(new Error(`redis-server ended: ${said}`)))
  await promise
}
