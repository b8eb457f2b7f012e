import type { DisconnectPolicy } from '../../server.ts'
import { usageError } from '../command-line/cli-error.ts'
import type { CommandCall, OptionTable } from '../command-line/command.ts'
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
  return {
    host: values.host ?? (env['HOST'] || config.host || '127.0.0.1'),
    port: readPort(values.port ?? (env['PORT'] || (config.port ?? 3000))),
    allowedHosts: checkHosts(names.filter((name) => name !== '')),
    onDisconnect: readDisconnectPolicy(values['continue-ms'] ?? config.continueForMs ?? 30_000),
    isWatching: values.watch ?? true,
  }
}

function readPort(given: string | number): number {
  const port = Number(given)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw usageError(`Cannot use the port "${given}": it must be a number from 0 to 65535`)
}

function readDisconnectPolicy(given: string | number): DisconnectPolicy {
  const continueForMs = Number(given)
  if (!Number.isInteger(continueForMs) || continueForMs < 0 || continueForMs > 1e9) {
    throw usageError(`Cannot use --continue-ms ${given}: it must be milliseconds, such as 30000`)
  }
  return continueForMs === 0 ? 'abort' : { continueForMs }
}
