import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from './answers.ts'
import { freePort } from './free-port.ts'

/** The folder of the PostgreSQL programs: Debian's, unless POSTGRES_BIN is set. */
export const postgresBin: string = process.env['POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin'

/** True if the tests that need a server can run; in CI they must. */
export const hasPostgres: boolean = existsSync(join(postgresBin, 'postgres')) || process.env['CI'] === 'true'

/** A PostgreSQL server for the tests. */
export interface PostgresServer {
  readonly port: number
  /** The connection URL for a driver; with another port when a proxy is in between. */
  url(options?: { readonly port?: number; readonly database?: string }): string
  createDatabase(name: string): Promise<void>
  /** Kills it with all its sessions, without closing connections properly. */
  kill(): Promise<void>
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>
  /** Kills it and removes its data. */
  close(): Promise<void>
}

/** The time limit for its start or end, in milliseconds. */
const TIME_LIMIT_MS = 20_000

/** Creates a database in a temporary folder and serves it on a free port of 127.0.0.1. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-postgres-'))
  const user = unprivilegedUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  await run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'])
  const port = await freePort()
  let server = await start()

  function launch(program: string, parameters: readonly string[]): ChildProcess {
    return spawn(join(postgresBin, program), parameters, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  }

  async function run(program: string, parameters: readonly string[]): Promise<void> {
    const child = launch(program, parameters)
    const says = collect(child)
    const [code] = await once(child, 'close', { signal: AbortSignal.timeout(TIME_LIMIT_MS) })
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${says()}`)
  }

  async function start(): Promise<ChildProcess> {
    // No fsync: writes survive a killed process without it, and no test cuts the power.
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'fsync=off',
      'max_connections=50',
    ]
    const child = launch('postgres', [
      '-D',
      data,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ])
    const says = collect(child)
    const giveUpAt = Date.now() + TIME_LIMIT_MS
    while (!says().includes('ready to accept connections') || !(await answers(port))) {
      if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`postgres does not start: ${says()}`)
      await sleep(10)
    }
    return child
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const closed = once(server, 'close', { signal: AbortSignal.timeout(TIME_LIMIT_MS) })
    // An immediate shutdown ends its children too, which a SIGKILL would leave running.
    server.kill('SIGQUIT')
    await closed
  }

  return {
    port,
    url(options = {}) {
      return `postgres://postgres@127.0.0.1:${options.port ?? port}/${options.database ?? 'postgres'}`
    },
    createDatabase: (name) => run('createdb', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', name]),
    kill,
    async restart() {
      await kill()
      server = await start()
    },
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Postgres refuses to run as root; Debian's package creates a user for it. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  return () => text
}
