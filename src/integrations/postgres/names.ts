import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { OptionNames } from '../../core/options/expect-options.ts'

/** The options that locate the tables. */
export interface PostgresTableOptions {
  /** Schema of the tables, which must exist. @defaultValue the first one of the connection's `search_path` */
  readonly schema?: string | undefined
  /** Prefix of the names of tables, indexes and functions. @defaultValue `ragwire_` */
  readonly tablePrefix?: string | undefined
}

/** The names of the options that locate the tables. */
export const TABLE_OPTIONS: OptionNames<PostgresTableOptions> = { schema: true, tablePrefix: true }

/** The names of everything that the stores create in a database, quoted and with the schema. */
export interface PostgresNames {
  /** Table of the migrations that were applied. */
  readonly migrations: string
  /** Table of the threads. */
  readonly threads: string
  /** Table of the turns. */
  readonly turns: string
  /** Table of the runs. */
  readonly runs: string
  /** Table of the events of runs. */
  readonly events: string
  /** Table of the stops that were requested before their run began. */
  readonly stops: string
  /** Function that begins a run. */
  readonly beginRun: string
  /** Function that requests the stop of a run. */
  readonly stopRun: string
  /** Returns the name of a further table or function. */
  named(name: string): string
  /** Returns the name of an index, which takes no schema. */
  index(name: string): string
  /** Channel of the notifications. */
  readonly channel: string
}

/** Validates the options. A name cannot be a bound parameter, so only safe characters are allowed. */
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
    named,
    index: (name) => `"${prefix}${name}"`,
    channel: `${prefix}runs`,
  }
}

// Postgres silently truncates names to 63 bytes.
const NAME = /^[a-z_][a-z0-9_]{0,39}$/

function expectName(field: string, name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name
  const message = `Cannot use ${field} ${String(name)}: it must be 1 to 40 lower-case letters, digits or _`
  throw invalidInput(field, message)
}
