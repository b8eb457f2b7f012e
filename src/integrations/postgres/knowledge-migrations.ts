import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectSignal } from '../../core/options/validate.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { PostgresClient } from './client.ts'
import { createCommandRunner, type RunCommand } from './connection.ts'
import { knowledgeFunctions } from './knowledge-functions.ts'
import { resolveKnowledgeNames, type KnowledgeNames } from './knowledge-names.ts'
import { hnswIndex, knowledgeTables, vectorTable, type HnswParameters } from './knowledge-schema.ts'
import { vectorFunctions } from './knowledge-vectors.ts'
import { requireVectorExtension } from './vector-extension.ts'
import { TABLE_OPTIONS, type PostgresTableOptions } from './names.ts'

/** The options of {@link postgresKnowledgeMigrations}. */
export interface PostgresKnowledgeTableOptions extends PostgresTableOptions {
  /** True to store vectors, which needs the extension pgvector 0.8 or later. @defaultValue false */
  readonly vectors?: boolean | undefined
  /**
   * Creates an HNSW index over the vectors of one length, unless there is one. It makes searches faster and approximate,
   * and commits slower; only a store with `vectorSearch: 'hnsw'` uses it. Needs `vectors: true`. @defaultValue none
   */
  readonly hnsw?: PostgresHnswOptions | undefined
}

/** The options of an HNSW index. */
export interface PostgresHnswOptions {
  /** Length of the vectors, at most 2,000. */
  readonly dimensions: number
  /** Maximum number of links of a vector, from 2 to 100. @defaultValue 16 */
  readonly m?: number | undefined
  /** Number of candidates while it is built, from twice `m` to 1,000. @defaultValue 64 */
  readonly efConstruction?: number | undefined
}

/** One migration of the tables of an index. */
export interface PostgresKnowledgeMigration {
  /** Name of the migration, unique. */
  readonly name: string
  /** One SQL statement. It does nothing if the migration was applied before. */
  readonly sql: string
}

/** The options of {@link migratePostgresKnowledge}. */
export interface MigratePostgresKnowledgeOptions extends PostgresKnowledgeTableOptions {
  /** Ends the wait; a statement that was sent may still be applied. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: OptionNames<PostgresKnowledgeTableOptions> = { ...TABLE_OPTIONS, vectors: true, hnsw: true }
const MIGRATE_OPTIONS: OptionNames<MigratePostgresKnowledgeOptions> = { ...OPTIONS, signal: true }
const HNSW_OPTIONS: OptionNames<PostgresHnswOptions> = { dimensions: true, m: true, efConstruction: true }

interface Step {
  readonly name: string
  readonly body: (names: KnowledgeNames) => string
}

// A released step never changes: add a new one after it.
const STEPS: readonly Step[] = [
  { name: 'tables 1', body: (names) => `${knowledgeTables(names)}\n${knowledgeFunctions(names)}` },
]
const VECTOR_STEPS: readonly Step[] = [
  { name: 'vectors 1', body: (names) => `${vectorTable(names)}\n${vectorFunctions(names)}` },
]

/**
 * Returns the migrations of an index up to this release, the oldest first. {@link migratePostgresKnowledge} applies them;
 * a migration tool of your own can apply them instead, after `create extension vector` if the index has vectors.
 *
 * @throws TypeError when a name or an option is invalid
 */
export function postgresKnowledgeMigrations(
  options: PostgresKnowledgeTableOptions = {},
): readonly PostgresKnowledgeMigration[] {
  expectOptions(options, OPTIONS, { of: 'postgresKnowledgeMigrations' })
  return migrationsOf(options)
}

function migrationsOf(options: PostgresKnowledgeTableOptions): readonly PostgresKnowledgeMigration[] {
  const names = resolveKnowledgeNames(options)
  const { vectors = false, hnsw } = options
  if (typeof vectors !== 'boolean') throw invalidInput('vectors', 'Cannot use vectors: it must be true or false')
  const index = hnsw && indexStep(resolveHnsw(hnsw, vectors))
  const steps = [...STEPS, ...(vectors ? VECTOR_STEPS : []), ...(index ? [index] : [])]
  return steps.map((step) => ({ name: step.name, sql: migration(names, step) }))
}

/**
 * Creates the tables of an index, or updates those of an earlier release. They are apart from those of `migratePostgres`.
 * Call it at every start; several instances may call it at once. The client needs the `CREATE` privilege on the schema,
 * and a superuser must have run `create extension vector` if the index has vectors.
 *
 * @throws ChatError `store-unavailable` when the extension is missing or the tables belong to a later release
 * @throws TypeError when a name or an option is invalid
 */
export async function migratePostgresKnowledge(
  client: PostgresClient,
  options: MigratePostgresKnowledgeOptions = {},
): Promise<void> {
  expectOptions(options, MIGRATE_OPTIONS, { of: 'migratePostgresKnowledge' })
  const { signal: given, ...rest } = options
  const signal = expectSignal('signal', given) ?? new AbortController().signal
  const migrations = migrationsOf(rest)
  const runCommand = createCommandRunner(client)
  if (rest.vectors) await requireVectorExtension(runCommand, signal)
  for (const { sql } of migrations) await runCommand(sql, [], signal)
  await rejectLater(runCommand, { names: resolveKnowledgeNames(rest), signal })
}

async function rejectLater(
  runCommand: RunCommand,
  { names, signal }: { readonly names: KnowledgeNames; readonly signal: AbortSignal },
): Promise<void> {
  const applied = await runCommand(`select json_agg(name)::text as answer from ${names.migrations}`, [], signal)
  const known = [...STEPS, ...VECTOR_STEPS].map(({ name }) => name)
  const later = Array.isArray(applied)
    ? applied.find((name) => !known.includes(name) && !String(name).startsWith('hnsw '))
    : undefined
  if (later === undefined) return
  const message = `Cannot use tables with the migration '${String(later)}': this release does not know it; update ragwire`
  throw new ChatError(message, { code: 'store-unavailable', retryable: false })
}

function resolveHnsw(options: PostgresHnswOptions, vectors: boolean): HnswParameters {
  expectOptions(options, HNSW_OPTIONS, { of: 'migratePostgresKnowledge', within: 'hnsw' })
  if (!vectors) throw invalidInput('hnsw', 'Cannot use hnsw without vectors: true')
  const { dimensions, m = 16, efConstruction = 64 } = options
  expectWhole('hnsw.dimensions', dimensions, [1, 2000])
  expectWhole('hnsw.m', m, [2, 100])
  expectWhole('hnsw.efConstruction', efConstruction, [2 * m, 1000])
  return { dimensions, m, efConstruction }
}

function expectWhole(field: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  const message = `Cannot use ${field} ${String(value)}: it must be a whole number from ${least} to ${most}`
  throw invalidInput(field, message, RangeError)
}

function indexStep(parameters: HnswParameters): Step {
  return { name: `hnsw ${parameters.dimensions}`, body: (names) => hnswIndex(names, parameters) }
}

// A `do` block is one statement, so it is atomic on every client. `if not exists` would raise notices, which some drivers
// print.
function migration(names: KnowledgeNames, { name, body }: Step): string {
  return `do $migration$
begin
  perform pg_advisory_xact_lock(hashtextextended('ragwire migrations', 0));
  if to_regclass('${names.migrations}') is null then
    create table ${names.migrations} (
      name text primary key,
      applied_at timestamptz not null default clock_timestamp()
    );
  end if;
  if not exists (select from ${names.migrations} where name = '${name}') then
${body(names)}
    insert into ${names.migrations} (name) values ('${name}');
  end if;
end
$migration$`
}
