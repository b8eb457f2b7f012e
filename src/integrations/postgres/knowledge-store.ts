import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectOneOf } from '../../core/options/validate.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectChange, spaceAfter } from '../../knowledge/store/check-change.ts'
import { flawOfText } from '../../knowledge/store/check-text.ts'
import type {
  ChunkHit,
  IndexState,
  KnowledgeStore,
  SearchScope,
  StoreCall,
} from '../../knowledge/store/knowledge-store.ts'
import type { PostgresClient, PostgresValue } from './client.ts'
import { encodeChange, encodeVector } from './knowledge-change.ts'
import { knowledgeCommands } from './knowledge-commands.ts'
import { createKnowledgeConnection } from './knowledge-connection.ts'
import { compileFilter } from './knowledge-filter.ts'
import { inspectionOf, knowledgeChecks } from './knowledge-inspection.ts'
import { resolveKnowledgeNames } from './knowledge-names.ts'
import {
  toDocument,
  toEntry,
  toHit,
  toState,
  type DocumentRow,
  type EntryRow,
  type HitRow,
  type StateRow,
} from './knowledge-rows.ts'
import { bucketOf } from './knowledge-segments.ts'
import { TABLE_OPTIONS, type PostgresTableOptions } from './names.ts'

/** The options of {@link postgresKnowledgeStore}. */
export interface PostgresKnowledgeStoreOptions extends PostgresTableOptions {
  /** A `Pool` or `Client` of `pg`, postgres.js, or PGlite. The store never closes it. */
  readonly client: PostgresClient
  /**
   * `exact` compares all vectors of the scopes that the filter allows. `hnsw` uses the index that
   * `migratePostgresKnowledge` creates with `hnsw`, which may miss a near vector; for scopes of at most 10,000 chunks, and
   * if the index finds fewer than `topK` chunks, it searches exactly too.
   * @defaultValue `exact`
   */
  readonly vectorSearch?: 'exact' | 'hnsw' | undefined
  /** Number of candidates of an HNSW search, from 1 to 1,000: more are slower and miss less. @defaultValue 100 */
  readonly hnswCandidates?: number | undefined
}

const OPTIONS: OptionNames<PostgresKnowledgeStoreOptions> = {
  client: true,
  vectorSearch: true,
  hnswCandidates: true,
  ...TABLE_OPTIONS,
}

// An exact search of so many vectors takes a few hundredths of a second.
const FEW_CHUNKS = 10_000

/**
 * Creates a {@link KnowledgeStore} in PostgreSQL 13 or later, on the tables that {@link migratePostgresKnowledge} creates.
 * Several instances may index and search at once: commits follow one another, and no search waits for one.
 *
 * @throws TypeError when the client, a name or an option is invalid
 *
 * @example
 * ```ts
 * import pg from 'pg'
 * import { migratePostgresKnowledge, postgresKnowledgeStore } from 'ragwire/postgres'
 * const client = new pg.Pool({ connectionString: 'postgres://localhost/chat' })
 * await migratePostgresKnowledge(client, { vectors: true })
 * const store = postgresKnowledgeStore({ client })
 * ```
 */
export function postgresKnowledgeStore(options: PostgresKnowledgeStoreOptions): KnowledgeStore {
  expectOptions(options, OPTIONS, { of: 'postgresKnowledgeStore' })
  const { client, vectorSearch = 'exact', hnswCandidates = 100 } = options
  expectOneOf('vectorSearch', vectorSearch, ['exact', 'hnsw'])
  expectCandidates(hnswCandidates)
  const names = resolveKnowledgeNames(options)
  const commands = knowledgeCommands(names)
  const connection = createKnowledgeConnection(client)

  async function readState(call: StoreCall): Promise<IndexState> {
    await connection.settled(call)
    return toState(await connection.read<StateRow | undefined>(commands.state, [], call))
  }

  async function search(text: string, values: readonly PostgresValue[], call: StoreCall): Promise<readonly ChunkHit[]> {
    return (await connection.read<readonly HitRow[]>(text, values, call)).map(toHit)
  }

  return {
    state: readState,
    async manifest({ scope, after, limit }, call) {
      call.signal.throwIfAborted()
      if (flawOfText(scope) !== undefined) return []
      const values = [scope, after?.split('\0', 1)[0]?.toWellFormed() ?? null, bigint(limit)]
      return (await connection.read<readonly EntryRow[]>(commands.manifest, values, call)).map(toEntry)
    },
    async commit(change, call) {
      call.signal.throwIfAborted()
      expectChange(change)
      const values = encodeChange(change)
      await connection.settled(call)
      const answer = await connection.write<CommitRow>(commands.commit, values, call)
      if (!('conflict' in answer)) return toState(answer)
      spaceAfter(change, toState(answer.conflict ?? undefined))
      throw new ChatError('The index has changed meanwhile', { code: 'store-conflict' })
    },
    async document({ scope, documentId }, call) {
      call.signal.throwIfAborted()
      if (flawOfText(scope) !== undefined || flawOfText(documentId) !== undefined) return undefined
      const row = await connection.read<DocumentRow | undefined>(commands.document, [scope, documentId], call)
      return row && toDocument(row)
    },
    async searchTerms({ terms, ...scope }, call) {
      call.signal.throwIfAborted()
      const values = [...scopeValues(scope), encodeTerms(terms)]
      return terms.size === 0 ? [] : search(commands.searchTerms, values, call)
    },
    async searchVectors({ vector, ...scope }, call) {
      const values = [...scopeValues(scope), encodeVector(vector)]
      const { embedding } = toState(await connection.read<StateRow | undefined>(commands.state, [], call))
      if (!embedding) return []
      if (embedding.dimensions !== vector.length) throw wrongLength(vector, embedding)
      if (vectorSearch === 'exact') return search(commands.searchExact, values, call)
      return search(commands.searchHnsw, [...values, hnswCandidates, FEW_CHUNKS], call)
    },
    async inspect(call) {
      const { embedding } = await readState(call)
      const checks = knowledgeChecks(names, { hasVectors: embedding !== undefined })
      const counts = await connection.read<readonly number[]>(inspectionOf(checks), [], call)
      return checks.flatMap(({ say }, index) => ((counts[index] ?? 0) > 0 ? [say(counts[index] ?? 0)] : []))
    },
  }
}

type CommitRow = StateRow | { readonly conflict: StateRow | null }

// A term that the store cannot hold is in no text, and neither is the empty one.
function encodeTerms(terms: ReadonlyMap<string, number>): string {
  return JSON.stringify(
    Array.from(terms, ([term, weight]) => [flawOfText(term) === undefined ? term : '', weight, bucketOf(term)]),
  )
}

function scopeValues({ scopes, filter, topK }: SearchScope): readonly PostgresValue[] {
  const compiled = compileFilter(filter)
  const known = [...new Set(scopes)].filter((scope) => flawOfText(scope) === undefined)
  return [JSON.stringify(known), compiled?.path ?? null, compiled?.values ?? null, bigint(topK)]
}

// `Infinity` becomes the largest exact integer.
function bigint(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER)
}

function expectCandidates(value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000) return
  const message = `Cannot use hnswCandidates ${String(value)}: it must be a whole number from 1 to 1000`
  throw invalidInput('hnswCandidates', message, RangeError)
}

function wrongLength({ length }: Float32Array, { embedderId, dimensions }: NonNullable<IndexState['embedding']>) {
  const message = `Cannot search by a vector of ${length} numbers: the vectors of '${embedderId}' have ${dimensions}`
  return invalidInput('vector', message, RangeError)
}
