import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectSignal } from '../../core/options/validate.ts'
import { createCommandRunner } from './connection.ts'
import type { PostgresClient } from './client.ts'
import { resolvePostgresNames, TABLE_OPTIONS, type PostgresNames, type PostgresTableOptions } from './names.ts'
import { historyTables, readerColumns, runTables } from './schema.ts'
import { runFunctions } from './run-functions.ts'

/** One migration of the tables. */
export interface PostgresMigration {
  /** The version of the tables after this migration; the first is 1. */
  readonly version: number
  /** One SQL statement. It does nothing if the migration was applied before. */
  readonly sql: string
}

/**
 * Returns the migrations up to this release, the oldest first. {@link migratePostgres} applies them; a migration tool of
 * your own can apply them instead.
 *
 * @throws TypeError when a name is invalid
 */
export function postgresMigrations(options: PostgresTableOptions = {}): readonly PostgresMigration[] {
  expectOptions(options, TABLE_OPTIONS, { of: 'postgresMigrations' })
  const names = resolvePostgresNames(options)
  return STEPS.map((step, index) => {
    const version = index + 1
    return { version, sql: migration(names, version, step(names)) }
  })
}

/** The options of {@link migratePostgres}. */
export interface MigratePostgresOptions extends PostgresTableOptions {
  /** Ends the wait; a statement that was sent may still be applied. */
  readonly signal?: AbortSignal | undefined
}

const MIGRATE_OPTIONS: OptionNames<MigratePostgresOptions> = { ...TABLE_OPTIONS, signal: true }

/**
 * Creates the tables, or updates those of an earlier release. Call it at every start; several instances may call it at
 * once. The client needs the `CREATE` privilege on the schema; the stores do not.
 *
 * @throws ChatError `store-unavailable` when the tables belong to a later release
 * @throws TypeError when a name is invalid
 */
export async function migratePostgres(client: PostgresClient, options: MigratePostgresOptions = {}): Promise<void> {
  expectOptions(options, MIGRATE_OPTIONS, { of: 'migratePostgres' })
  const { signal: given, ...names } = options
  const signal = expectSignal('signal', given) ?? new AbortController().signal
  const runCommand = createCommandRunner(client)
  for (const { sql } of postgresMigrations(names)) await runCommand(sql, [], signal)
  const { migrations } = resolvePostgresNames(options)
  const version = await runCommand(`select max(version)::text as answer from ${migrations}`, [], signal)
  if (typeof version === 'number' && version <= STEPS.length) return
  const message = `Cannot use tables of version ${String(version)}: this release supports up to ${STEPS.length}`
  throw new ChatError(message, { code: 'store-unavailable', retryable: false })
}

// A released step never changes: add a new one after it.
const STEPS: readonly ((names: PostgresNames) => string)[] = [
  (names) => `${historyTables(names)}\n${runTables(names)}`,
  runFunctions,
  readerColumns,
]

// A `do` block is one statement, so it is atomic on every client. `if not exists` would raise notices, which some drivers
// print.
function migration({ migrations }: PostgresNames, version: number, body: string): string {
  return `do $migration$
begin
  perform pg_advisory_xact_lock(hashtextextended('ragwire migrations', 0));
  if to_regclass('${migrations}') is null then
    create table ${migrations} (
      version integer primary key,
      applied_at timestamptz not null default clock_timestamp()
    );
  end if;
  if not exists (select from ${migrations} where version = ${version}) then
${body}
    insert into ${migrations} (version) values (${version});
  end if;
end
$migration$`
}
