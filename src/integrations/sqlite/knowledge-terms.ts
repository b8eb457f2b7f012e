import { createScorer } from '../../knowledge/search/bm25.ts'
import type { ChunkHit, TermSearch } from '../../knowledge/store/knowledge-store.ts'
import { BLOCK_COLUMNS, decodeBlock, type BlockChunks, type BlockRow } from './knowledge-block.ts'
import { readVarint } from './knowledge-bytes.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import type { DocumentFilters } from './knowledge-filter.ts'
import { createHits, type Hits } from './knowledge-hits.ts'
import { findTerm, hashOf, MAX_BUCKETS, type EncodedPostings } from './knowledge-postings.ts'
import type { Sql } from './knowledge-sql.ts'

const encoder = new TextEncoder()

interface SearchedBlock extends BlockChunks {
  readonly row: BlockRow
  /** The score of each chunk; -1 if it has no term of the search. */
  readonly scores: Float64Array
}

interface FoundPostings extends EncodedPostings {
  readonly block: SearchedBlock
}

/** Searches by terms, with the scores of {@link createScorer}. Call it in a transaction. */
export function searchTerms(
  sql: Sql,
  filters: DocumentFilters,
  { scopes, filter, topK, terms }: TermSearch,
): readonly ChunkHit[] {
  const blocks = new Map(scopes.flatMap((scope) => readBlocks(sql, scope)).map((block) => [block.row.id, block]))
  if (blocks.size === 0 || terms.size === 0 || topK < 1) return []
  const postings = new Map(Array.from(terms.keys(), (term) => [term, findPostings(sql, blocks, { scopes, term })]))
  const rows = Array.from(blocks.values(), ({ row }) => row)
  const total = rows.reduce((sum, { live }) => sum + live, 0)
  const { scorerOf } = createScorer({
    total,
    averageLength: rows.reduce((sum, { length }) => sum + length, 0) / total,
    weights: terms,
    frequencyOf: (term) => (postings.get(term) ?? []).reduce((sum, found) => sum + liveCount(found), 0),
  })
  for (const term of terms.keys()) {
    const scoreOf = scorerOf(term)
    for (const found of postings.get(term) ?? []) addScores(found, scoreOf)
  }
  const hits = createHits(sql, topK)
  const allows = filters.of(filter)
  for (const block of blocks.values()) collect(block, allows, hits)
  return hits.read()
}

function readBlocks(sql: Sql, scope: string): readonly SearchedBlock[] {
  const rows = sql.all<BlockRow>(`select ${BLOCK_COLUMNS} from ragwire_blocks where scope = ? and live > 0`, scope)
  return rows.map((row) => ({ ...decodeBlock(row), row, scores: new Float64Array(row.chunks).fill(-1) }))
}

/** Finds the postings of a term in each block. */
function findPostings(
  sql: Sql,
  blocks: ReadonlyMap<number, SearchedBlock>,
  { scopes, term }: { readonly scopes: readonly string[]; readonly term: string },
): readonly FoundPostings[] {
  // UTF-8 cannot hold an unpaired surrogate, and no chunk has such a term.
  if (!term.isWellFormed()) return []
  const bytes = encoder.encode(term)
  return scopes.flatMap((scope) => {
    const rows = sql.all<{ readonly id: number; readonly data: Uint8Array }>(BUCKETS, hashOf(term), scope)
    return rows.flatMap(({ id, data }) => {
      const block = blocks.get(id)
      const found = block && findTerm(data, bytes)
      return found ? [{ block, ...found }] : []
    })
  })
}

// One statement for all blocks: twice as fast as one for each. `cross join` keeps SQLite from scanning all postings.
const BUCKETS = `
select blocks.id as id, postings.data as data from ragwire_blocks blocks
cross join ragwire_postings postings on postings.id = blocks.id * ${MAX_BUCKETS} + (? & (blocks.buckets - 1))
where blocks.scope = ? and blocks.live > 0`

/** Counts the chunks of documents that were not removed. */
function liveCount({ block: { owners, row }, count, data, start }: FoundPostings): number {
  if (row.live === row.chunks) return count
  const cursor = { data, at: start }
  let index = -1
  let live = 0
  for (let left = count; left > 0; left--) {
    index += readVarint(cursor) + 1
    readVarint(cursor)
    if ((owners[index] ?? -1) >= 0) live += 1
  }
  return live
}

function addScores(
  { block: { owners, lengths, scores, row }, count, data, start }: FoundPostings,
  scoreOf: (count: number, length: number) => number,
): void {
  const cursor = { data, at: start }
  let index = -1
  for (let left = count; left > 0; left--) {
    index += readVarint(cursor) + 1
    const occurrences = readVarint(cursor)
    if ((owners[index] ?? -1) < 0) continue
    scores[index] = Math.max(0, scores[index] ?? 0) + scoreOf(occurrences, lengths[index] ?? 0)
  }
  if (index >= scores.length) throw new DamagedIndexError(`a term of block ${row.id} names chunk ${index}`)
}

function collect(
  { scores, owners, documents, starts }: SearchedBlock,
  allows: ((id: number) => boolean) | undefined,
  hits: Hits,
): void {
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? -1
    if (score < 0 || score < hits.lowestScore) continue
    const owner = owners[index] ?? -1
    const document = documents[owner]?.id ?? 0
    if (allows && !allows(document)) continue
    hits.add({ document, position: index - (starts[owner] ?? 0), score })
  }
}
