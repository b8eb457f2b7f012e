import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectSignal } from '../../core/options/validate.ts'
import { createAsk, type PostgresClient } from './postgres-client.ts'
import { resolvePostgresNames, TABLE_OPTIONS, type PostgresNames, type PostgresTableOptions } from './postgres-names.ts'
import { historyTables, runTables } from './postgres-schema.ts'
import { runFunctions } from './run-functions.ts'

/** One step of the tables. */
export interface PostgresMigration {
  readonly version: number
  /** One statement, which does nothing where the step has been taken. */
  readonly sql: string
}

/**
 * The steps to the tables of this release, the oldest first. {@link migratePostgres} takes them; or print them, and let
 * your own tool do it.
 *
 * @throws TypeError when a name is none
 */
export function postgresMigrations(options: PostgresTableOptions = {}): readonly PostgresMigration[] {
  expectOptions(options, TABLE_OPTIONS, { of: 'postgresMigrations' })
  const names = resolvePostgresNames(options)
  return STEPS.map((step, index) => {
    const version = index + 1
    return { version, sql: migration(names, version, step(names)) }
  })
}

/** What {@link migratePostgres} takes. */
export interface MigratePostgresOptions extends PostgresTableOptions {
  readonly signal?: AbortSignal | undefined
}

const MIGRATE_OPTIONS: OptionNames<MigratePostgresOptions> = { ...TABLE_OPTIONS, signal: true }

/**
 * Makes the tables, or brings those of an earlier release up to date. It may be called at every start, and by several
 * instances at once. The client needs the right to create in the schema; the stores themselves do not.
 *
 * @throws ChatError `store-unavailable` when the tables are those of a later release
 * @throws TypeError when a name is none
 */
export async function migratePostgres(client: PostgresClient, options: MigratePostgresOptions = {}): Promise<void> {
  expectOptions(options, MIGRATE_OPTIONS, { of: 'migratePostgres' })
  const { signal: given, ...names } = options
  const signal = expectSignal('signal', given) ?? new AbortController().signal
  const ask = createAsk(client)
  for (const { sql } of postgresMigrations(names)) await ask(sql, [], signal)
  const { migrations } = resolvePostgresNames(options)
  const version = await ask(`select max(version)::text as answer from ${migrations}`, [], signal)
  if (typeof version === 'number' && version <= STEPS.length) return
  const message = `Cannot use tables of version ${String(version)}: this release knows ${STEPS.length}`
  throw new ChatError(message, { code: 'store-unavailable', retryable: false })
}

// A step is never changed once it was released: the next one comes after it.
const STEPS: readonly ((names: PostgresNames) => string)[] = [
  (names) => `${historyTables(names)}\n${runTables(names)}`,
  runFunctions,
]

// A block is one statement, hence all or nothing, whatever sends it. `if not exists` would raise notices, which some
// drivers print.
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
