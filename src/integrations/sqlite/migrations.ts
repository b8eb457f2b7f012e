import { SCHEMA_STEPS } from './schema.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { SqliteDatabase } from './client.ts'

/**
 * Applies the migrations that the tables lack. Call it in a transaction. The version is stored in a separate table,
 * because another part of the application may use `user_version` of the file.
 *
 * @throws ChatError `store-unavailable` when the tables belong to a later release
 */
export function migrateSqlite(database: SqliteDatabase): void {
  database.exec('create table if not exists ragwire_migrations (version integer primary key) strict')
  // The columns of the statement.
  const row = database.prepare('select coalesce(max(version), 0) as version from ragwire_migrations').get() as {
    readonly version: number | bigint
  }
  const version = Number(row.version)
  if (version > SCHEMA_STEPS.length) {
    const message = `Cannot use tables of version ${version}: this release supports up to ${SCHEMA_STEPS.length}`
    throw new ChatError(message, { code: 'store-unavailable', retryable: false })
  }
  for (const [index, step] of SCHEMA_STEPS.entries()) {
    if (index < version) continue
    database.exec(step)
    database.prepare('insert into ragwire_migrations (version) values (?)').run(index + 1)
  }
}
