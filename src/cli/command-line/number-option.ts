import { usageError } from './cli-error.ts'

/** The range of a number. */
export interface NumberRange {
  /** The minimum. */
  readonly from: number
  /** The maximum. */
  readonly to: number
}

/**
 * Reads the whole number of an option; undefined if it was not given.
 *
 * @throws CliError that names the value and the range
 */
export function numberOption(name: string, given: string | undefined, range: NumberRange): number | undefined {
  return given === undefined ? undefined : wholeNumber(`--${name}`, given, range)
}

/**
 * Reads the whole number of an environment variable; undefined if it is not set or empty.
 *
 * @throws CliError that names the value and the range
 */
export function numberVariable(env: NodeJS.ProcessEnv, name: string, range: NumberRange): number | undefined {
  const given = env[name]
  return given ? wholeNumber(name, given, range) : undefined
}

function wholeNumber(name: string, given: string, { from, to }: NumberRange): number {
  const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  if (number >= from && number <= to) return number
  throw usageError(`Cannot use ${name} ${given}: it must be a whole number from ${from} to ${to}`)
}
