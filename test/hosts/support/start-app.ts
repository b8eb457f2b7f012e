import { freePort } from '../../support/free-port.ts'
import type { HostServer } from './host.ts'
import { prepareApp } from './prepare-app.ts'
import { startProcess } from './start-process.ts'

/** An application and its runtime. */
export interface App {
  /** The name of its folder. */
  readonly name: string
  /** Contents by path; `chat.ts` already exists. */
  readonly files: Readonly<Record<string, string>>
  /** The program and its arguments. @defaultValue the Node of the tests, with `main.ts` */
  command?(port: number): readonly [program: string, ...args: readonly string[]]
  /** Builds it in its folder. @defaultValue it runs as it is */
  prepare?(folder: string, env: AppEnv): Promise<unknown>
  /** The output that shows that it listens. @defaultValue `listening` */
  readonly ready?: RegExp
}

/** Settings that stop every runtime from using the network. */
export const QUIET: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  DENO_NO_UPDATE_CHECK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
}

/** The environment variables of every application. */
export type AppEnv = Readonly<Record<'MODEL_URL' | 'PORT', string>>

/**
 * Starts an application in a process of its own, with the model at that URL. `PORT` is the port on which it must
 * listen.
 */
export async function startApp(app: App, modelUrl: string): Promise<HostServer> {
  const { command = () => [process.execPath, 'main.ts'] as const, ready = /listening/u } = app
  const cwd = prepareApp(app.name, app.files)
  const port = await freePort()
  const env = { MODEL_URL: modelUrl, PORT: String(port) }
  await app.prepare?.(cwd, env)
  const running = startProcess({ command: command(port), cwd, env: { ...env, ...QUIET } })
  try {
    await running.waitFor(ready)
  } catch (thrown) {
    await running[Symbol.asyncDispose]()
    throw thrown
  }
  return {
    port,
    get output() {
      return running.output
    },
    [Symbol.asyncDispose]: running[Symbol.asyncDispose],
  }
}
