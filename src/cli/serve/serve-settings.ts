import type { DisconnectPolicy } from '../../server.ts'
import type { CommandCall, OptionTable } from '../command-line/command.ts'
import { numberOption, numberVariable } from '../command-line/number-option.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'
import { DOCUMENT_OPTIONS } from '../settings/settings.ts'
import type { ListenOptions } from './listen.ts'
import { checkHosts } from './trusted.ts'

/** The options of `ragwire serve`. */
export const SERVE_OPTIONS = {
  ...DOCUMENT_OPTIONS,
  port: { type: 'string', short: 'p', value: 'PORT', summary: 'The port; 0 for a free one (PORT, or 3000)' },
  host: { type: 'string', value: 'ADDRESS', summary: 'The address to listen at (HOST, or 127.0.0.1)' },
  'allowed-hosts': { type: 'string', value: 'NAMES', summary: 'Further host names of the server, with commas' },
  watch: { type: 'boolean', summary: 'Update the index when files change (on; --no-watch turns it off)' },
  verbose: { type: 'boolean', summary: 'Name every file that is left out of the index' },
  'continue-ms': { type: 'string', value: 'MS', summary: 'How long an answer goes on without a reader (30000)' },
} as const satisfies OptionTable

const PORTS = { from: 0, to: 65_535 }
const MOST_CONTINUE_MS = 1e9

/** The settings of the server alone. */
export interface ServeSettings extends ListenOptions {
  /** Further host names that the server may be reached by. */
  readonly allowedHosts: readonly string[]
  /** The policy for an answer without a reader. */
  readonly onDisconnect: DisconnectPolicy
  /** True if the index follows the files. */
  readonly isWatching: boolean
}

/**
 * Resolves the settings of the server.
 *
 * @throws CliError that names the wrong value and the fix
 */
export function resolveServeSettings(
  { values, env }: Pick<CommandCall<typeof SERVE_OPTIONS>, 'values' | 'env'>,
  config: RagwireConfig,
): ServeSettings {
  const names = values['allowed-hosts']?.split(',').map((name) => name.trim()) ?? config.allowedHosts ?? []
  const continueForMs =
    numberOption('continue-ms', values['continue-ms'], { from: 0, to: MOST_CONTINUE_MS }) ??
    config.continueForMs ??
    30_000
  return {
    host: values.host ?? (env['HOST'] || config.host || '127.0.0.1'),
    port: numberOption('port', values.port, PORTS) ?? numberVariable(env, 'PORT', PORTS) ?? config.port ?? 3000,
    allowedHosts: checkHosts(names.filter((name) => name !== '')),
    onDisconnect: continueForMs === 0 ? 'abort' : { continueForMs },
    isWatching: values.watch ?? true,
  }
}
