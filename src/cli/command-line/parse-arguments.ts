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
  const given = tokens.filter((token) => token.kind === 'option')
  for (const token of given) checkOption(command, options, token)
  checkRepeated(options, given)
  checkPositionals(command, positionals)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was checked against its definition
  return { isHelp, values: values as OptionValues<OptionTable>, positionals }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function checkOption(command: Command, options: OptionTable, { name, rawName, value }: OptionToken): void {
  const option = own(options, name)
  // With `allowNegative`, the name of `--no-json` is `json`.
  const isNegated = rawName.startsWith('--no-') && rawName !== `--${name}`
  if (!option || (isNegated && option.type !== 'boolean')) throw unknownOption(command, options, rawName)
  const isSwitch = option.type === 'boolean'
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

function checkRepeated(options: OptionTable, given: readonly OptionToken[]): void {
  const seen = new Set<string>()
  for (const { name, rawName } of given) {
    const option = own(options, name)
    if (option?.type !== 'string' || option.multiple) continue
    if (seen.has(name)) throw usageError(`Cannot use ${rawName} twice: it takes one value`)
    seen.add(name)
  }
}

function checkPositionals({ name, maxPositionals = Infinity, positionalAdvice }: Command, given: readonly string[]) {
  const extra = given[maxPositionals]
  if (extra === undefined) return
  const advice = positionalAdvice === undefined ? '' : `. ${positionalAdvice}`
  throw usageError(`Cannot use "${extra}": ragwire ${name} takes ${counted(maxPositionals)}${advice}`)
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
