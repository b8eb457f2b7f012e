import { EXIT } from './command-line/cli-error.ts'
import { createInterruptions } from './command-line/interruptions.ts'
import { openTerminal } from './command-line/terminal.ts'
import { runCli } from './run-cli.ts'

const MOST_MS_AFTER_THE_END = 2_000

/** Runs `ragwire` in a process. The first SIGINT or SIGTERM interrupts the command, and the second one ends the process. */
export async function start(process: NodeJS.Process): Promise<void> {
  const { signal: interrupted, divert, interrupt } = createInterruptions(() => process.exit(EXIT.interrupted))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt(signal))
  process.stdout.on('error', (error) => endAfter(error, process))
  // Nobody reads the notes: that must not end the work.
  process.stderr.on('error', () => {})
  const { env, argv } = process
  const terminal = openTerminal(process)
  const args = argv.slice(2)
  process.exitCode = await runCli({ args, terminal, env, cwd: process.cwd(), interrupted, divertCtrlC: divert })
  // The output is written first. A connection that is still open must not keep the process alive.
  setTimeout(() => process.exit(), MOST_MS_AFTER_THE_END).unref()
}

/** A reader such as `head` has closed the pipe, or the output cannot be written, such as to a full disk. */
function endAfter(error: NodeJS.ErrnoException, process: NodeJS.Process): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  process.stderr.write(`Cannot write the output: ${error.message}\n`)
  process.exit(EXIT.failed)
}
