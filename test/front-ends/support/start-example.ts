import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../../hosts/support/start-process.ts'
import { freePort } from '../../support/free-port.ts'
import { prepareExample, type PrepareOptions } from './prepare-example.ts'

/** A running page. */
export interface RunningPage extends AsyncDisposable {
  /** Its address. */
  readonly url: string
}

// Vite and npm must not use the network. In CI, Vite colours the address that it prints.
const QUIET = {
  NO_COLOR: '1',
  NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
}

/** Runs a command of the example's own package.json to its end. */
export async function runScript(folder: string, script: string): Promise<void> {
  await using running = startProcess({ command: ['npm', 'run', script], cwd: folder, env: QUIET })
  if ((await running.exited) !== 0) throw new Error(`npm run ${script} has failed in ${folder}:\n${running.output}`)
}

/** Starts an example by a command of its own package.json. It prints its address. `PORT` is for Next.js. */
export async function startScript(
  folder: string,
  script: string,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningPage> {
  const env = { ...QUIET, PORT: String(await freePort()), ...more }
  const running = startProcess({ command: ['npm', 'run', script], cwd: folder, env })
  try {
    const [url] = await running.waitFor(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/u)
    return { url, [Symbol.asyncDispose]: running[Symbol.asyncDispose] }
  } catch (thrown) {
    await running[Symbol.asyncDispose]()
    throw thrown
  }
}

const MODEL = readFileSync(join(import.meta.dirname, '../app/scripted-model.ts'), 'utf8')

/** Copies an example whose `file` has the chat handler, with the scripted model in place of its own. */
export async function prepareWithModel(name: string, file: string, options: PrepareOptions = {}): Promise<string> {
  const source = readFileSync(join(import.meta.dirname, '../../../examples', name, file), 'utf8')
  const port = await freePort()
  const withModel = `import { model } from './scripted-model.ts'\n${source.replace('extractiveChatModel()', 'model')}`
  const files = {
    ...options.files,
    [file]: withModel.replaceAll('3000', String(port)),
    [join(file, '../scripted-model.ts')]: MODEL,
  }
  return prepareExample(name, { ...options, port, files })
}
