import { nearestName } from '../../core/options/nearest-name.ts'
import { usageError } from '../command-line/cli-error.ts'
import type { OptionTable, OptionValues } from '../command-line/command.ts'
import { numberOption } from '../command-line/number-option.ts'
import { DOCUMENT_OPTIONS } from '../settings/settings.ts'
import { DIRECTIONS, SHARE_NAMES } from './compare-reports.ts'
import type { ShareName } from './measures.ts'

/** The options of `ragwire eval`. */
export const EVAL_OPTIONS = {
  ...DOCUMENT_OPTIONS,
  baseline: { type: 'string', value: 'FILE', summary: 'Compare with an earlier report, and fail on a loss' },
  output: { type: 'string', short: 'o', value: 'FILE', summary: 'Write the report as JSON, for a later --baseline' },
  json: { type: 'boolean', summary: 'Print the report as JSON instead of a table' },
  tolerance: { type: 'string', value: 'SHARE', summary: 'The amount by which a measure may fall, such as 0.05 (0)' },
  'max-latency-loss': { type: 'string', value: 'SHARE', summary: 'Fail if the median time rises by more, such as 0.5' },
  min: { type: 'string', multiple: true, value: 'NAME=SHARE', summary: 'Fail below a value, such as recall=0.9' },
  concurrency: { type: 'string', value: 'NUMBER', summary: 'Conversations at a time (2)' },
  limit: { type: 'string', value: 'NUMBER', summary: 'Ask only the first questions of the file' },
} as const satisfies OptionTable

/** The settings of `ragwire eval` alone. */
export interface EvalSettings {
  /** The file of questions. */
  readonly questions: string
  /** The earlier report. */
  readonly baseline: string | undefined
  /** The file for the report. */
  readonly output: string | undefined
  /** True if the output is JSON. */
  readonly isJson: boolean
  /** The amount by which a measure may fall. */
  readonly tolerance: number
  /** The share by which the median time may rise. */
  readonly maxLatencyLoss: number | undefined
  /** The minimum of each named measure. */
  readonly minimums: readonly Minimum[]
  /** Number of conversations at a time. */
  readonly concurrency: number
  /** Maximum number of questions. */
  readonly limit: number
}

/** The minimum of a measure. */
export interface Minimum {
  /** The measure. */
  readonly name: ShareName
  /** Its minimum, from 0 to 1. */
  readonly value: number
}

const DEFAULT_CONCURRENCY = 2
const MAX_CONCURRENCY = 64

/**
 * Resolves the settings of a call.
 *
 * @throws CliError that names the wrong value and the fix
 */
export function resolveEvalSettings(
  values: OptionValues<typeof EVAL_OPTIONS>,
  positionals: readonly string[],
): EvalSettings {
  const [questions] = positionals
  if (questions === undefined) {
    throw usageError('Cannot find questions: name their file, such as ragwire eval questions.jsonl --docs ./docs')
  }
  const whole = (name: 'concurrency' | 'limit', to: number) => numberOption(name, values[name], { from: 1, to })
  return {
    questions,
    baseline: values.baseline,
    output: values.output,
    isJson: values.json ?? false,
    tolerance: shareOption('--tolerance', values.tolerance, 1) ?? 0,
    maxLatencyLoss: shareOption('--max-latency-loss', values['max-latency-loss'], 1_000),
    minimums: (values.min ?? []).map(toMinimum),
    concurrency: whole('concurrency', MAX_CONCURRENCY) ?? DEFAULT_CONCURRENCY,
    limit: whole('limit', Number.MAX_SAFE_INTEGER) ?? Infinity,
  }
}

function toMinimum(given: string): Minimum {
  const [name = '', ...rest] = given.split('=')
  const known = SHARE_NAMES.filter((one) => DIRECTIONS[one] === 1)
  const found = known.find((one) => one === name)
  if (!found) {
    const nearest = nearestName(name, known)
    const advice = nearest === undefined ? `use one of ${known.join(', ')}` : `did you mean ${nearest}?`
    throw usageError(`Cannot use --min ${given}: there is no such measure, ${advice}`)
  }
  const value = shareOption(`--min ${name}`, rest.join('='), 1)
  return { name: found, value: value ?? 0 }
}

function shareOption(name: string, given: string | undefined, to: number): number | undefined {
  if (given === undefined) return undefined
  const share = /^(?:\d+\.?\d*|\.\d+)$/.test(given) ? Number(given) : Number.NaN
  if (share >= 0 && share <= to) return share
  throw usageError(`Cannot use ${name} "${given}": it must be a number from 0 to ${to}, such as 0.05`)
}
