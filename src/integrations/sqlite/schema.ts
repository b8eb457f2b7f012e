import type { SqliteTables } from './migrations.ts'

/** The SQL of each migration, the oldest first. A released step never changes: add a new one after it. */
export const SCHEMA_STEPS: readonly string[] = [
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
  -- The order within the thread. A turn gets the position of the turn that it replaces.
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
  `
-- The title that was set; null for the first question.
alter table ragwire_threads add column title text;
alter table ragwire_turns add column feedback text;`,
]

/** The tables of the history. */
export const HISTORY_TABLES: SqliteTables = { versions: 'ragwire_migrations', steps: SCHEMA_STEPS }
