import { usageError } from '../command-line/cli-error.ts'
import type { CommandCall, OptionTable } from '../command-line/command.ts'
import { numberOption } from '../command-line/number-option.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'
import { DOCUMENT_OPTIONS } from '../settings/settings.ts'

/** The options of `ragwire ask`. */
export const ASK_OPTIONS = {
  ...DOCUMENT_OPTIONS,
  json: { type: 'boolean', summary: 'Print the result as one JSON object, at the end' },
  thread: { type: 'string', short: 't', value: 'NAME', summary: 'Begin or continue the conversation of that name' },
  continue: { type: 'boolean', summary: 'Continue the latest conversation' },
  'top-k': { type: 'string', short: 'k', value: 'NUMBER', summary: 'The maximum number of sources (8)' },
} as const satisfies OptionTable

/** The settings of `ragwire ask` alone. */
export interface AskSettings {
  /** True for one JSON object. */
  readonly isJson: boolean
  /** The conversation: a name, or the latest one; undefined for a new one. */
  readonly thread: { readonly name: string } | 'latest' | undefined
  /** Maximum number of sources; undefined for the default. */
  readonly topK: number | undefined
}

const MOST_NAME_CHARS = 200

/**
 * Resolves the settings of `ragwire ask`.
 *
 * @throws CliError that names the wrong value, or the options that exclude each other
 */
export function resolveAskSettings(
  { values }: Pick<CommandCall<typeof ASK_OPTIONS>, 'values'>,
  { config, data }: { readonly config: RagwireConfig; readonly data: string | undefined },
): AskSettings {
  const { thread: name, continue: isContinued = false, json = false } = values
  if (name !== undefined && isContinued) {
    throw usageError('Cannot use --thread and --continue together: --thread NAME continues that conversation')
  }
  if ((name !== undefined || isContinued) && data === undefined) {
    const option = isContinued ? '--continue' : '--thread'
    throw usageError(`Cannot use ${option} without a data folder: conversations in memory end with the program`)
  }
  if (name !== undefined && (name.length > MOST_NAME_CHARS || /\p{Cc}/u.test(name) || !name.isWellFormed())) {
    throw usageError(`Cannot use this --thread: a name has at most ${MOST_NAME_CHARS} characters and no control ones`)
  }
  return {
    isJson: json,
    thread: name === undefined ? (isContinued ? 'latest' : undefined) : { name },
    topK: numberOption('top-k', values['top-k'], { from: 1, to: 1_000 }) ?? config.topK,
  }
}
