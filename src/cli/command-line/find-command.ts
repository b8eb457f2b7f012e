import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nearestName } from '../../core/options/nearest-name.ts'
import { usageError } from './cli-error.ts'
import type { Command, OptionDefinition } from './command.ts'

/** The command that a command line names. */
export interface NamedCommand {
  /** Its name as it was given; undefined if there is none. */
  readonly name: string | undefined
  /** All arguments but the name, in their order. */
  readonly rest: readonly string[]
}

/**
 * Finds the name of the command: the first argument that is neither an option nor the value of one, so that options may
 * stand before it.
 */
export function splitCommand(args: readonly string[], commands: readonly Command[]): NamedCommand {
  const options: readonly (readonly [string, OptionDefinition])[] = commands.flatMap(({ options: own }) =>
    Object.entries(own),
  )
  const known = options.map(
    ([name, { type, short }]) => [name, { type, ...(short !== undefined && { short }) }] as const,
  )
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const found = tokens.find((token) => token.kind === 'positional')
  if (!found) return { name: undefined, rest: args }
  return { name: found.value, rest: args.toSpliced(found.index, 1) }
}

/**
 * Returns the command of a name.
 *
 * @throws CliError that names the nearest command, or the call that was probably meant
 */
export function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command) return command
  const names = commands.map((candidate) => candidate.name)
  const nearest = nearestName(name, names)
  const similar = nearest === undefined ? undefined : `Did you mean ${nearest}?`
  const advice = asQuestion(name) ?? asPath(name) ?? similar ?? `Use ${names.join(', ')}`
  throw usageError(`Cannot run "${name}": ragwire has no such command. ${advice}`)
}

function asQuestion(name: string): string | undefined {
  return /\s|[?？]$/u.test(name) ? `Did you mean ragwire ask "${name}"?` : undefined
}

function asPath(name: string): string | undefined {
  const isPath = /[/\\]|^\.|\.\w{1,5}$/.test(name) || existsSync(name)
  return isPath ? `Did you mean ragwire serve ${name}?` : undefined
}
