import { nearestName } from '../core/options/nearest-name.ts'
import { CliError, EXIT, usageError } from './command-line/cli-error.ts'
import type { Command } from './command-line/command.ts'
import { helpOf, overview } from './command-line/help.ts'
import { parseArguments } from './command-line/parse-arguments.ts'
import type { Terminal } from './command-line/terminal.ts'
import { COMMANDS } from './commands.ts'
import { readVersion } from './version.ts'

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
}

/** Runs the command that the arguments name, and resolves with the exit code. It never rejects. */
export async function runCli({ args, ...surroundings }: CliCall): Promise<number> {
  const { terminal, interrupted } = surroundings
  try {
    const [name, ...rest] = args
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') return showHelp(rest[0], terminal)
    if (name === '--version' || name === '-v') {
      terminal.print(readVersion())
      return EXIT.ok
    }
    const command = findCommand(name)
    const { isHelp, ...parsed } = parseArguments(command, rest)
    if (isHelp) return showHelp(command.name, terminal)
    return await command.run({ ...parsed, ...surroundings })
  } catch (thrown) {
    // A command that has nothing to finish throws the reason of the signal.
    if (interrupted.aborted && !(thrown instanceof CliError)) return EXIT.interrupted
    terminal.note(messageOf(thrown, surroundings.env))
    return thrown instanceof CliError ? thrown.exitCode : EXIT.failed
  }
}

function showHelp(name: string | undefined, terminal: Terminal): number {
  terminal.print(name === undefined ? overview(COMMANDS) : helpOf(findCommand(name)))
  return EXIT.ok
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (command) return command
  const names = COMMANDS.map((candidate) => candidate.name)
  const nearest = nearestName(name, names)
  const advice = nearest === undefined ? `Use ${names.join(', ')}` : `Did you mean ${nearest}?`
  throw usageError(`Cannot run "${name}": ragwire has no such command. ${advice}`)
}

/** Returns one line, or the stack of an unexpected error if `RAGWIRE_DEBUG` is set. */
function messageOf(thrown: unknown, env: NodeJS.ProcessEnv): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return env['RAGWIRE_DEBUG'] ? (thrown.stack ?? thrown.message) : thrown.message
}
