import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { SqliteDatabase } from './client.ts'

/** The tables of a store. */
export interface SqliteTables {
  /** The table of their version. Each store has its own, so that two stores can share a file. */
  readonly versions: string
  /** The SQL of each migration, the oldest first. */
  readonly steps: readonly string[]
}

/**
 * Returns true if the tables need no migration. It writes nothing, so that a read-only file can be used.
 *
 * @throws ChatError `store-unavailable` when the tables belong to a later release
 */
export function isMigrated(database: SqliteDatabase, { versions, steps }: SqliteTables): boolean {
  const found = database.prepare(`select name from sqlite_schema where type = 'table' and name = ?`).get(versions)
  return found !== undefined && versionOf(database, { versions, steps }) === steps.length
}

/**
 * Applies the migrations that the tables lack. Call it in a transaction. The version is stored in a separate table,
 * because another part of the application may use `user_version` of the file.
 *
 * @throws ChatError `store-unavailable` when the tables belong to a later release
 */
export function migrateSqlite(database: SqliteDatabase, tables: SqliteTables): void {
  database.exec(`create table if not exists ${tables.versions} (version integer primary key) strict`)
  const version = versionOf(database, tables)
  for (const [index, step] of tables.steps.entries()) {
    if (index < version) continue
    database.exec(step)
    database.prepare(`insert into ${tables.versions} (version) values (?)`).run(index + 1)
  }
}

function versionOf(database: SqliteDatabase, { versions, steps }: SqliteTables): number {
  // The columns of the statement.
  const row = database.prepare(`select coalesce(max(version), 0) as version from ${versions}`).get() as {
    readonly version: number | bigint
  }
  const version = Number(row.version)
  if (version <= steps.length) return version
  const message = `Cannot use tables of version ${version}: this release supports up to ${steps.length}`
  throw new ChatError(message, { code: 'store-unavailable', retryable: false })
}
