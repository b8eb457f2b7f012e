import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import type { AppFigures, AppOptions } from './app.ts'
import type { UpstreamOptions } from './upstream.ts'

const TIME_LIMIT_MS = 20_000

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly url: string
  /** Kills it at once. */
  kill(): Promise<void>
}

/** The application, in a process of its own. */
export interface AppProcess extends ServerProcess {
  figures(): Promise<AppFigures>
}

/** Starts the model. */
export function startUpstream(options: UpstreamOptions): Promise<ServerProcess> {
  return start('upstream.ts', options)
}

/** Starts the application. */
export async function startApp(options: AppOptions): Promise<AppProcess> {
  const server = await start('app.ts', options)
  return {
    ...server,
    async figures() {
      server.child.send('figures')
      return (await messageOf(server.child, 'app.ts')) as AppFigures
    },
  }
}

async function start(file: string, options: object): Promise<ServerProcess & { readonly child: ChildProcess }> {
  const child = fork(join(import.meta.dirname, file), [JSON.stringify(options)], { execArgv: ['--expose-gc'] })
  const port = Number(await messageOf(child, file))
  return {
    child,
    port,
    url: `http://127.0.0.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await withinTimeLimit(exited, TIME_LIMIT_MS, () => `${file} did not end`)
    },
  }
}

/** Returns the next message of a process; rejects if the process ends instead. */
async function messageOf(child: ChildProcess, file: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const onExit = (): void => reject(new Error(`${file} ended before its time`))
  child.once('message', resolve)
  child.once('exit', onExit)
  try {
    return await withinTimeLimit(promise, TIME_LIMIT_MS, () => `${file} said nothing`)
  } finally {
    child.off('message', resolve)
    child.off('exit', onExit)
  }
}
