import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/**
 * Takes the steps that the tables have yet to take. Call it in a transaction. The version stands in a table of its own,
 * because the file, and so its `user_version`, may be another's.
 *
 * @throws ChatError `store-unavailable` when the tables are those of a later release
 */
export function migrateSqlite(database: SqliteDatabase): void {
  database.exec('create table if not exists ragwire_migrations (version integer primary key) strict')
  // Of this very statement.
  const row = database.prepare('select coalesce(max(version), 0) as version from ragwire_migrations').get() as {
    readonly version: number | bigint
  }
  const version = Number(row.version)
  if (version > STEPS.length) {
    const message = `Cannot use tables of version ${version}: this release knows ${STEPS.length}`
    throw new ChatError(message, { code: 'store-unavailable', retryable: false })
  }
  for (const [index, step] of STEPS.entries()) {
    if (index < version) continue
    database.exec(step)
    database.prepare('insert into ragwire_migrations (version) values (?)').run(index + 1)
  }
}

// A step is never changed once it was released: the next one comes after it.
const STEPS: readonly string[] = [
  `
create table ragwire_threads (
  scope text not null,
  thread_id text not null,
  -- Grows with every change: the order of a list, and its cursor.
  touched integer not null,
  updated_at integer not null,
  primary key (scope, thread_id)
) strict, without rowid;
create index ragwire_threads_touched on ragwire_threads (scope, touched);

create table ragwire_turns (
  -- The order within the thread. A turn takes over the place of the one that it replaces.
  position integer primary key,
  scope text not null,
  run_id text not null,
  v integer not null,
  thread_id text not null,
  message_id text not null,
  question text not null,
  replaces text,
  created_at integer not null,
  result text,
  unique (scope, run_id)
) strict;
create index ragwire_turns_thread on ragwire_turns (scope, thread_id, position);`,
]
