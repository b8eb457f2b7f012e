import { PassThrough } from 'node:stream'
import { openTerminal } from '../../../../src/cli/command-line/terminal.ts'
import { runCli } from '../../../../src/cli/run-cli.ts'

/** The options of {@link runInit}. */
export interface RunInitOptions {
  /** The folder in which it is started. */
  readonly cwd: string
  /** The environment variables. */
  readonly env?: NodeJS.ProcessEnv
  /** Presses keys when the text on the left is shown, in this order. @defaultValue no terminal */
  readonly keys?: readonly (readonly [shown: string, keys: string])[]
  /** Stops the command. */
  readonly signal?: AbortSignal
}

/** The exit code and the output of a call. */
export interface InitRun {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs `ragwire init` in this process. */
export async function runInit(args: readonly string[], options: RunInitOptions): Promise<InitRun> {
  const { cwd, env = {}, keys, signal = new AbortController().signal } = options
  const isTTY = keys !== undefined
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin })
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 })
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 })
  let [output, errors] = ['', '']
  const waiting = [...(keys ?? [])]
  let seen = 0
  stdout.on('data', (text: string) => (output += text))
  stderr.on('data', (text: string) => {
    errors += text
    const [shown, pressed] = waiting[0] ?? []
    if (shown === undefined || !errors.slice(seen).includes(shown)) return
    waiting.shift()
    seen = errors.length
    // The prompt listens for keys after it has written.
    setImmediate(() => stdin.write(pressed))
  })
  const terminal = openTerminal({ stdin, stdout, stderr, env })
  const call = { args: ['init', ...args], terminal, env, cwd, interrupted: signal, divertCtrlC: () => () => {} }
  const code = await runCli(call)
  return { code, output, errors }
}
