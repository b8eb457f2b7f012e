import { concatenate } from './knowledge-bytes.ts'
import { BLOCK_COLUMNS, decodeBlock, type BlockDocument, type BlockRow } from './knowledge-block.ts'
import { decodeBucket, MAX_BUCKETS, type TermPostings } from './knowledge-postings.ts'
import { deleteBlock, writeBlock, type Writing } from './knowledge-writer.ts'

type BlockSize = Pick<BlockRow, 'id' | 'chunks' | 'live'>

// Blocks with so many chunks stay as they are, so that a commit writes a bounded amount.
const LARGE = 512
// Blocks of about the same size become one. Each chunk is therefore written again only a few times.
const BLOCKS_OF_A_SIZE = 4

/** Joins small blocks of a scope, and removes the terms of removed documents once they are a third of a block. */
export function compact(writing: Writing, scope: string): void {
  for (;;) {
    const blocks = writing.sql.all<BlockSize>('select id, chunks, live from ragwire_blocks where scope = ?', scope)
    for (const { id } of blocks.filter(({ live }) => live === 0)) deleteBlock(writing, id)
    const others = blocks.filter(({ live }) => live > 0)
    const joined = others.find(isSparse) ? others.filter(isSparse).slice(0, 1) : blocksToJoin(others)
    if (joined.length === 0) return
    join(writing, scope, joined)
  }
}

function isSparse({ chunks, live }: BlockSize): boolean {
  return chunks - live > live / 2
}

function blocksToJoin(blocks: readonly BlockSize[]): readonly BlockSize[] {
  const bySize = Map.groupBy(
    blocks.filter(({ live }) => live < LARGE),
    ({ live }) => Math.floor(Math.log(live) / Math.log(BLOCKS_OF_A_SIZE)),
  )
  return [...bySize.values()].find(({ length }) => length >= BLOCKS_OF_A_SIZE) ?? []
}

interface JoinedBlock {
  /** The buckets with the encoded terms. */
  readonly rows: ReadonlyMap<number, Uint8Array>
  /** Number of buckets; a power of two. */
  readonly buckets: number
  /** For each chunk of the block, its index in the new block, or -1 if it is removed. */
  readonly indexes: Int32Array
}

function join(writing: Writing, scope: string, blocks: readonly BlockSize[]): void {
  const documents: BlockDocument[] = []
  const lengths: number[] = []
  const joined: JoinedBlock[] = []
  const codes: Uint8Array[] = []
  for (const { id } of blocks) {
    const row = writing.sql.get<BlockRow>(`select ${BLOCK_COLUMNS} from ragwire_blocks where id = ?`, id)
    if (!row) continue
    const chunks = decodeBlock(row)
    const indexes = new Int32Array(row.chunks).fill(-1)
    for (const [at, owner] of chunks.owners.entries()) {
      if (owner >= 0) indexes[at] = lengths.push(chunks.lengths[at] ?? 0) - 1
    }
    documents.push(...chunks.documents)
    joined.push({ rows: bucketsOf(writing, id), buckets: row.buckets, indexes })
    codes.push(...liveCodes(writing, id, indexes))
  }
  for (const { id } of blocks) deleteBlock(writing, id)
  const joinedCodes = codes.length === 0 ? undefined : concatenate(codes)
  writeBlock(writing, { scope, documents, lengths, terms: joinTerms(joined), codes: joinedCodes })
}

function bucketsOf({ sql }: Writing, id: number): ReadonlyMap<number, Uint8Array> {
  const rows = sql.all<{ readonly id: number; readonly data: Uint8Array }>(
    'select id, data from ragwire_postings where id >= ? and id < ?',
    id * MAX_BUCKETS,
    (id + 1) * MAX_BUCKETS,
  )
  return new Map(rows.map((row) => [row.id - id * MAX_BUCKETS, row.data]))
}

/**
 * Joins the postings of equal terms. Equal terms are in buckets whose numbers have the same lowest bits, so that a small
 * map for each of these groups is enough. One map of all terms would take three times as long.
 */
function joinTerms(blocks: readonly JoinedBlock[]): readonly TermPostings[] {
  const groups = Math.min(...blocks.map(({ buckets }) => buckets))
  const terms: TermPostings[] = []
  for (let group = 0; group < groups; group++) {
    const known = new Map<string, TermPostings>()
    for (const { rows, buckets, indexes } of blocks) {
      for (let bucket = group; bucket < buckets; bucket += groups) {
        const data = rows.get(bucket)
        if (data) for (const term of decodeBucket(data)) addTerm(known, term, indexes)
      }
    }
    for (const term of known.values()) terms.push(term)
  }
  return terms
}

function addTerm(known: Map<string, TermPostings>, { term, postings }: TermPostings, indexes: Int32Array): void {
  movePostings(postings, indexes)
  const earlier = known.get(term)
  if (earlier) earlier.postings.push(...postings)
  else if (postings.length > 0) known.set(term, { term, postings })
}

/** Changes the indexes of chunks to those in the new block, and leaves removed chunks out. */
function movePostings(postings: number[], indexes: Int32Array): void {
  let end = 0
  for (let at = 0; at < postings.length; at += 2) {
    const index = indexes[postings[at] ?? 0] ?? -1
    if (index < 0) continue
    postings[end] = index
    postings[end + 1] = postings[at + 1] ?? 0
    end += 2
  }
  if (end < postings.length) postings.length = end
}

function liveCodes({ sql }: Writing, id: number, indexes: Int32Array): readonly Uint8Array[] {
  const row = sql.get<{ readonly data: Uint8Array }>('select data from ragwire_codes where block = ?', id)
  if (!row) return []
  const bytes = row.data.length / indexes.length
  return [...indexes].flatMap((index, at) => (index < 0 ? [] : [row.data.subarray(at * bytes, (at + 1) * bytes)]))
}
