import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { OptionNames } from '../../core/options/expect-options.ts'

/** Where the tables are. */
export interface PostgresTableOptions {
  /** Schema of the tables, which must exist. @defaultValue the first one of the connection's `search_path` */
  readonly schema?: string | undefined
  /** What the names of the tables and functions begin with. @defaultValue `ragwire_` */
  readonly tablePrefix?: string | undefined
}

/** The options of everything that works on the tables. */
export const TABLE_OPTIONS: OptionNames<PostgresTableOptions> = { schema: true, tablePrefix: true }

/** The names of all that the stores keep in a database, quoted and with the schema. */
export interface PostgresNames {
  readonly migrations: string
  readonly threads: string
  readonly turns: string
  readonly runs: string
  readonly events: string
  readonly stops: string
  readonly beginRun: string
  readonly stopRun: string
  /** What an index is called: it takes no schema. */
  index(name: string): string
  /** What notifications are sent on. */
  readonly channel: string
}

/** Checks and applies the options: a name cannot be a bound parameter, so it must not mean anything to SQL. */
export function resolvePostgresNames(options: PostgresTableOptions): PostgresNames {
  const { schema, tablePrefix = 'ragwire_' } = options
  const path = schema === undefined ? '' : `"${expectName('schema', schema)}".`
  const prefix = expectName('tablePrefix', tablePrefix)
  const named = (name: string): string => `${path}"${prefix}${name}"`
  return {
    migrations: named('migrations'),
    threads: named('threads'),
    turns: named('turns'),
    runs: named('runs'),
    events: named('events'),
    stops: named('stops'),
    beginRun: named('begin_run'),
    stopRun: named('stop_run'),
    index: (name) => `"${prefix}${name}"`,
    channel: `${prefix}runs`,
  }
}

// Postgres cuts names at 63 bytes without a word.
const NAME = /^[a-z_][a-z0-9_]{0,39}$/

function expectName(field: string, name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name
  const message = `Cannot use ${field} ${String(name)}: it must be 1 to 40 lower-case letters, digits or _`
  throw invalidInput(field, message)
}
