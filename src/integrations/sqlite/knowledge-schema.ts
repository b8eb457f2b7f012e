import type { SqliteTables } from './migrations.ts'

/** The SQL of each migration, the oldest first. A released step never changes: add a new one after it. */
const STEPS: readonly string[] = [
  `
-- The state of the index, in one row.
create table ragwire_index (
  id integer primary key check (id = 1),
  revision text not null,
  -- Grows with every commit.
  commits integer not null,
  embedder_id text,
  dimensions integer,
  documents integer not null,
  chunks integer not null,
  -- Ids are never used twice, so that what another process holds in memory stays valid.
  next_document integer not null,
  next_chunk integer not null,
  next_block integer not null
) strict;
insert into ragwire_index (id, revision, commits, documents, chunks, next_document, next_chunk, next_block)
values (1, lower(hex(randomblob(16))), 0, 0, 0, 1, 1, 1);

create table ragwire_documents (
  id integer primary key,
  scope text not null,
  document_id text not null,
  hash text not null,
  version text,
  -- The block with its terms; null if it has no chunks.
  block integer,
  -- Its chunks have consecutive ids.
  first_chunk integer not null,
  chunks integer not null,
  -- JSON: title and metadata.
  record text not null,
  unique (scope, document_id)
) strict;

create table ragwire_chunks (
  id integer primary key,
  -- JSON of a StoredChunk.
  record text not null
) strict;

-- float32, little-endian.
create table ragwire_vectors (
  chunk integer primary key,
  vector blob not null
) strict;

-- The chunks of some documents of one scope, and the text index of these chunks.
create table ragwire_blocks (
  id integer primary key,
  scope text not null,
  -- The commit that changed the block last.
  changed integer not null,
  buckets integer not null,
  -- Number of chunks, with those of removed documents and without.
  chunks integer not null,
  live integer not null,
  -- Number of distinct terms of all live chunks.
  length integer not null,
  documents blob not null,
  lengths blob not null
) strict;
create index ragwire_blocks_scope on ragwire_blocks (scope);

-- The terms of a block. The id is block * 65536 + bucket.
create table ragwire_postings (
  id integer primary key,
  data blob not null
) strict;

-- The packed vectors of a block, which a search compares first.
create table ragwire_codes (
  block integer primary key,
  data blob not null
) strict;`,
]

/** The tables of an index. */
export const INDEX_TABLES: SqliteTables = { versions: 'ragwire_index_migrations', steps: STEPS }
