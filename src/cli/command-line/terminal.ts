import type { Readable, Writable } from 'node:stream'
import { styleText } from 'node:util'
import { safeStyledText } from './safe-text.ts'

/** A style of `node:util`, such as `bold`. */
export type Style = Parameters<typeof styleText>[0]

/** The streams of the process. Results go to the output, everything else to the errors, so that results can be piped. */
export interface Terminal {
  /** The standard input. */
  readonly input: Readable & { readonly isTTY?: boolean }
  /** The standard output. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** The standard error. */
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** True if a person sees the errors, where progress is shown. */
  readonly isInteractive: boolean
  /** Writes a line to the output. Of the escape sequences, only styles are written. */
  print(line: string): void
  /** Writes a line to the errors. Of the escape sequences, only styles are written. */
  note(line: string): void
  /** Colours a text for the output, if the output is a terminal with colours. */
  style(style: Style, text: string): string
}

/** The streams of a process, and its environment variables. */
export interface ProcessStreams {
  /** The standard input. */
  readonly stdin: Terminal['input']
  /** The standard output. */
  readonly stdout: Terminal['output']
  /** The standard error. */
  readonly stderr: Terminal['errors']
  /** The environment variables. */
  readonly env: NodeJS.ProcessEnv
}

/** Opens the streams of a process. */
export function openTerminal({ stdin, stdout, stderr, env }: ProcessStreams): Terminal {
  const isColoured = showsColours(env, stdout)
  return {
    input: stdin,
    output: stdout,
    errors: stderr,
    isInteractive: stderr.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'],
    print: (line) => void stdout.write(`${safeStyledText(line)}\n`),
    note: (line) => void stderr.write(`${safeStyledText(line)}\n`),
    style: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
  }
}

function showsColours(env: NodeJS.ProcessEnv, { isTTY = false }: { readonly isTTY?: boolean }): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}
