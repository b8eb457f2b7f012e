import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { openTerminal } from '../../../src/cli/command-line/terminal.ts'
import { runCli } from '../../../src/cli/run-cli.ts'

/** The end of a call. */
export interface CallOutcome {
  /** The exit code. */
  readonly code: number
  /** All that was written to the standard output. */
  readonly stdout: string
  /** All that was written to the standard error. */
  readonly stderr: string
}

/** Options of {@link callRagwire}. */
export interface CallOptions {
  /** The current folder. @defaultValue that of the tests */
  readonly cwd?: string
  /** The environment variables. @defaultValue none */
  readonly env?: Readonly<Record<string, string>>
  /** The standard input. @defaultValue empty */
  readonly input?: string
}

/** Calls `ragwire` in this process, without a terminal. */
export async function callRagwire(args: readonly string[], options: CallOptions = {}): Promise<CallOutcome> {
  const { cwd = process.cwd(), env = {}, input = '' } = options
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = Promise.all([text(stdout), text(stderr)])
  const terminal = openTerminal({ stdin: Readable.from([Buffer.from(input)]), stdout, stderr, env })
  const { signal: interrupted } = new AbortController()
  const code = await runCli({ args, terminal, env, cwd, interrupted, divertCtrlC: () => () => {} })
  stdout.end()
  stderr.end()
  const [out, errors] = await written
  return { code, stdout: out, stderr: errors }
}
