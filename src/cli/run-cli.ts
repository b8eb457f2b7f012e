import { inspect } from 'node:util'
import { nearestName } from '../core/options/nearest-name.ts'
import { CliError, EXIT, usageError } from './command-line/cli-error.ts'
import { findCommand, splitCommand } from './command-line/find-command.ts'
import { helpOf, overview } from './command-line/help.ts'
import { readOwnPackage } from './command-line/own-package.ts'
import { parseArguments } from './command-line/parse-arguments.ts'
import { reasonOf } from './command-line/reason-of.ts'
import type { Terminal } from './command-line/terminal.ts'
import { COMMANDS } from './commands.ts'

/** The surroundings of a call of `ragwire`. */
export interface CliCall {
  /** The arguments, without the names of Node and of the program. */
  readonly args: readonly string[]
  /** Shows texts to the user, and reads from the user. */
  readonly terminal: Terminal
  /** The environment variables. */
  readonly env: NodeJS.ProcessEnv
  /** The folder in which it was started. */
  readonly cwd: string
  /** Fires with the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal
  /**
   * Gives Ctrl-C to a listener, instead of `interrupted`, until the returned function is called.
   * @defaultValue Ctrl-C always fires `interrupted`
   */
  readonly divertCtrlC?: (listener: () => void) => () => void
}

/** Runs the command that the arguments name, and resolves with the exit code. It never rejects. */
export async function runCli({ args, divertCtrlC = () => () => {}, ...surroundings }: CliCall): Promise<number> {
  const { terminal, interrupted } = surroundings
  try {
    const { name, rest } = splitCommand(args, COMMANDS)
    if (name === undefined) return withoutCommand(args, terminal)
    if (name === 'help') return showHelp(rest[0], terminal)
    const command = findCommand(name, COMMANDS)
    const { isHelp, ...parsed } = parseArguments(command, rest)
    if (isHelp) return showHelp(command.name, terminal)
    return await command.run({ ...parsed, ...surroundings, divertCtrlC, version: readOwnPackage().version })
  } catch (thrown) {
    // A command that has nothing to finish throws the reason of the signal.
    if (interrupted.aborted && !(thrown instanceof CliError)) return EXIT.interrupted
    terminal.note(messageOf(thrown, surroundings.env))
    return thrown instanceof CliError ? thrown.exitCode : EXIT.failed
  }
}

function withoutCommand(args: readonly string[], terminal: Terminal): number {
  const [first] = args
  if (first === undefined || args.includes('--help') || args.includes('-h')) return showHelp(undefined, terminal)
  if (first !== '--version' && first !== '-v') {
    const nearest = nearestName(first.replace(/^-+/, ''), ['help', 'version'])
    const advice = nearest === undefined ? 'See ragwire --help' : `Did you mean --${nearest}?`
    throw usageError(`Cannot use ${args.join(' ')} without a command. ${advice}`)
  }
  terminal.print(readOwnPackage().version)
  return EXIT.ok
}

const DEFAULT_COLUMNS = 80

function showHelp(name: string | undefined, terminal: Terminal): number {
  // A pager has the terminal of the errors.
  const columns = terminal.output.columns ?? terminal.errors.columns ?? DEFAULT_COLUMNS
  terminal.print(name === undefined ? overview(COMMANDS, columns) : helpOf(findCommand(name, COMMANDS), columns))
  return EXIT.ok
}

/** Returns one line, or the stack and the causes of an error if `RAGWIRE_DEBUG` is set. */
function messageOf(thrown: unknown, env: NodeJS.ProcessEnv): string {
  if (env['RAGWIRE_DEBUG']) return inspect(thrown)
  return reasonOf(thrown).replaceAll(/\s*\n\s*/g, ' ')
}
