import { freePort } from '../../support/free-port.ts'
import type { HostServer } from './host.ts'
import { prepareApp } from './prepare-app.ts'
import { startProcess } from './start-process.ts'

/** An application, and the runtime that runs it. */
export interface App {
  /** Of its folder. */
  readonly name: string
  /** By path; `chat.ts` is there already. */
  readonly files: Readonly<Record<string, string>>
  /** The program and its arguments. @defaultValue the Node of the tests, with `main.ts` */
  command?(port: number): readonly [program: string, ...args: readonly string[]]
  /** What it prints when it listens. @defaultValue `listening` */
  readonly ready?: RegExp
}

/** Starts an application in a process of its own, with the model at that URL. `PORT` says where it has to listen. */
export async function startApp(app: App, modelUrl: string): Promise<HostServer> {
  const { name, files, command = () => [process.execPath, 'main.ts'] as const, ready = /listening/ } = app
  const cwd = prepareApp(name, files)
  const port = await freePort()
  const env = { MODEL_URL: modelUrl, PORT: String(port), NODE_ENV: 'production', DENO_NO_UPDATE_CHECK: '1', NEXT_TELEMETRY_DISABLED: '1' }
  const running = startProcess({ command: command(port), cwd, env })
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
