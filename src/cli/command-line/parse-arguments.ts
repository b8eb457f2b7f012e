import { parseArgs } from 'node:util'
import { nearestName } from '../../core/options/nearest-name.ts'
import { usageError } from './cli-error.ts'
import type { Command, OptionDefinition, OptionValues, OptionTable } from './command.ts'

/** A parsed command line, without the name of the command. */
export interface ParsedArguments {
  /** True for `--help` or `-h`. */
  readonly isHelp: boolean
  /** The given options. */
  readonly values: OptionValues<OptionTable>
  /** The arguments that are no options. */
  readonly positionals: readonly string[]
}

const HELP = { type: 'boolean', short: 'h', summary: 'Show this help' } as const

/**
 * Parses the arguments of a command.
 *
 * @throws CliError that names the wrong argument and the nearest right one
 */
export function parseArguments(command: Command, args: readonly string[]): ParsedArguments {
  const options: OptionTable = { ...command.options, help: HELP }
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, toParsed(option)])),
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  })
  const isHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help')
  if (isHelp) return { isHelp, values: {}, positionals: [] }
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(command, options, token)
  }
  const { maxPositionals = Infinity } = command
  const extra = positionals[maxPositionals]
  if (extra !== undefined) throw usageError(`Cannot use "${extra}": ${command.name} takes ${counted(maxPositionals)}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was checked against its definition
  return { isHelp, values: values as OptionValues<OptionTable>, positionals }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function checkOption(command: Command, options: OptionTable, { name, rawName, value }: OptionToken): void {
  const negated = name.startsWith('no-') ? name.slice('no-'.length) : undefined
  const option = own(options, name) ?? (negated !== undefined ? own(options, negated) : undefined)
  if (!option) throw unknownOption(command, options, rawName)
  const isSwitch = option.type === 'boolean'
  if (negated !== undefined && !own(options, name) && !isSwitch) throw unknownOption(command, options, rawName)
  if (isSwitch && value !== undefined) {
    throw usageError(`Cannot use ${rawName}=${value}: ${rawName} takes no value`)
  }
  if (!isSwitch && (value === undefined || value === '')) {
    throw usageError(`Cannot use ${rawName}: it needs a value, such as ${rawName} ${option.value ?? 'VALUE'}`)
  }
  // The value is rather another option whose value was forgotten.
  if (!isSwitch && value?.startsWith('--')) {
    throw usageError(`Cannot use ${rawName} ${value}: write ${rawName}=${value} if that is its value`)
  }
}

function unknownOption(command: Command, options: OptionTable, rawName: string): Error {
  const name = rawName.replace(/^-+/u, '')
  const nearest = nearestName(name, Object.keys(options))
  const advice = nearest === undefined ? `See ragwire ${command.name} --help` : `Did you mean --${nearest}?`
  return usageError(`Cannot use ${rawName}: ragwire ${command.name} has no such option. ${advice}`)
}

function own(options: OptionTable, name: string): OptionDefinition | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined
}

function toParsed({ type, short, multiple }: OptionDefinition) {
  return { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) }
}

function counted(count: number): string {
  return count === 0 ? 'no argument' : count === 1 ? 'one argument' : `${count} arguments`
}
