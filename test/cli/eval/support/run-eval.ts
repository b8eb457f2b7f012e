import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Terminal } from '../../../../src/cli/command-line/terminal.ts'
import { runCli } from '../../../../src/cli/run-cli.ts'

/** The end of a call of `ragwire eval`. */
export interface EvalEnd {
  /** The exit code. */
  readonly code: number
  /** The lines of the output. */
  readonly output: string
  /** The lines of the errors. */
  readonly errors: string
}

/** Runs `ragwire eval` in this process, in a folder. */
export async function runEval(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<EvalEnd> {
  const lines = { output: '', errors: '' }
  const stream = new PassThrough()
  const terminal: Terminal = {
    input: stream,
    output: stream,
    errors: stream,
    isInteractive: false,
    print: (line) => void (lines.output += `${line}\n`),
    note: (line) => void (lines.errors += `${line}\n`),
    style: (_style, text) => text,
  }
  const { signal: interrupted } = new AbortController()
  const code = await runCli({ args: ['eval', ...args], terminal, env, cwd, interrupted, divertCtrlC: () => () => {} })
  return { code, ...lines }
}

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}
