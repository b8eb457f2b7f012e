import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { RunCommand } from './connection.ts'

interface Extension {
  readonly installed: string | null
  readonly available: string | null
}

const LEAST = '0.8'

const FIND = `select json_build_object(
    'installed', (select extversion from pg_extension where extname = 'vector'),
    'available', (select default_version from pg_available_extensions where name = 'vector')
  )::text as answer`

/**
 * Creates the extension pgvector in the database, unless it is there.
 *
 * @throws ChatError `store-unavailable` with the command to run, when it is missing or too old
 */
export async function requireVectorExtension(runCommand: RunCommand, signal: AbortSignal): Promise<void> {
  // The JSON that the statement builds.
  const found = (await runCommand(FIND, [], signal)) as Extension
  if (found.installed !== null) return requireVersion(found.installed)
  if (found.available === null) {
    throw unavailable('the server does not have it; install its package, such as postgresql-17-pgvector')
  }
  try {
    await runCommand('create extension if not exists vector', [], signal)
  } catch (cause) {
    const { installed } = (await runCommand(FIND, [], signal)) as Extension
    // Another instance has created it meanwhile.
    if (installed === null) throw unavailable("run 'create extension vector' in this database as a superuser", cause)
  }
  // The JSON that the statement builds.
  const { installed } = (await runCommand(FIND, [], signal)) as Extension
  if (installed !== null) requireVersion(installed)
}

function requireVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 0 || minor >= 8) return
  throw unavailable(`it has version ${version}; run 'alter extension vector update' after an update of its package`)
}

function unavailable(reason: string, cause?: unknown): ChatError {
  const message = `Cannot use the extension pgvector, which must be of version ${LEAST} or later: ${reason}`
  return new ChatError(message, { code: 'store-unavailable', retryable: false, ...(cause !== undefined && { cause }) })
}
