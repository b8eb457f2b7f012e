import { parseArgs } from 'node:util'
import { CASE_NAMES, type CaseName } from './cases.ts'

const OTHER_BENCHES = ['retrieval', 'files', 'dialects'] as const

/** What the command line asks for. */
export interface BenchOptions {
  /** The bench to run: the servers, or one of the others. */
  readonly bench: 'servers' | (typeof OTHER_BENCHES)[number]
  /** The part of the bench to run; without it, all of it. */
  readonly only: string | undefined
  /** Number of rounds of each case; without it, a number of its own for each. */
  readonly rounds: number | undefined
  /** True to write the figures to the page. */
  readonly write: boolean
  /** True to fail if any goal is missed, and not only the limit of the fast case. */
  readonly strict: boolean
  /** Path of the packed tarball of an older version, measured in the same rounds. */
  readonly compare: string | undefined
  /** The folder for a CPU profile of each server. */
  readonly profile: string | undefined
  /** True to search a million chunks, too. */
  readonly million: boolean
}

/**
 * Reads the command line of the bench.
 *
 * @throws {RangeError} if a value is not one of the possible ones, or two options contradict each other.
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      write: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      compare: { type: 'string' },
      profile: { type: 'string' },
      million: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const { write, strict, million, compare, profile, only } = values
  const bench = toBench(positionals)
  // Part of the figures on a page would look like all of them.
  if (write && (bench !== 'servers' || only !== undefined || compare !== undefined))
    throw new RangeError('Cannot write a part of the figures: use --write without a bench, --only and --compare')
  if (bench !== 'servers' && (strict || compare !== undefined || profile !== undefined))
    throw new RangeError('Only the bench of the servers has --strict, --compare and --profile')
  if (bench === 'servers' && only !== undefined && !isCaseName(only))
    throw new RangeError(`Cannot run ${only}: there are ${CASE_NAMES.join(', ')}`)
  return { bench, only, rounds: toRounds(values.rounds), write, strict, compare, profile, million }
}

/** Returns the cases that `only` selects: one, or all without it. */
export function selectCases(only: string | undefined): readonly CaseName[] {
  return only !== undefined && isCaseName(only) ? [only] : CASE_NAMES
}

function isCaseName(name: string): name is CaseName {
  return (CASE_NAMES as readonly string[]).includes(name)
}

function toBench([name, ...more]: readonly string[]): BenchOptions['bench'] {
  if (name === undefined) return 'servers'
  const bench = OTHER_BENCHES.find((other) => other === name)
  if (bench === undefined || more.length > 0)
    throw new RangeError(`Cannot run ${[name, ...more].join(' ')}: there are ${OTHER_BENCHES.join(', ')}`)
  return bench
}

function toRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`Cannot run ${text} rounds`)
  return rounds
}
