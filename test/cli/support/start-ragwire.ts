import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { vi } from 'vitest'
import type { CallOutcome } from './call-ragwire.ts'

/** `ragwire` in a process of its own, without a terminal. */
export interface RunningRagwire {
  /** Resolves when the standard output contains a text. */
  untilPrinted(text: string): Promise<void>
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with the outcome at the end. */
  readonly ended: Promise<CallOutcome>
}

/** The built program. */
export const PROGRAM: string = `${process.cwd()}/dist/cli/ragwire.js`

// The environment of the developer who runs the tests must not affect the program.
const INHERITED = ['PATH', 'HOME', 'TMPDIR']

/** Returns the environment of a test: no key, no colours, and the given variables. */
export function environmentOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(INHERITED.map((name) => [name, process.env[name] ?? ''])), ...env }
}

/** Starts the built program. */
export function startRagwire(
  args: readonly string[],
  {
    cwd,
    env = {},
    input = '',
  }: { readonly cwd: string; readonly env?: Record<string, string>; readonly input?: string },
): RunningRagwire {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: environmentOf(env) })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.end(input)
  const ended = once(child, 'close').then(([code]): CallOutcome => ({ code: Number(code), ...output }))
  return {
    untilPrinted: (text) =>
      vi.waitFor(
        () => {
          if (!output.stdout.includes(text)) throw new Error(`"${text}" was not printed: ${JSON.stringify(output)}`)
        },
        { timeout: 10_000, interval: 5 },
      ),
    signal: (signal) => void child.kill(signal),
    ended,
  }
}
