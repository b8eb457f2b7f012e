import { BLOCK_COLUMNS, decodeBlock, type BlockChunks, type BlockRow } from './knowledge-block.ts'
import { DamagedIndexError } from './knowledge-damage.ts'
import { bucketOf, decodeBucket, MAX_BUCKETS } from './knowledge-postings.ts'
import type { DocumentRow } from './knowledge-records.ts'
import type { Sql } from './knowledge-sql.ts'

type ScopedBlock = BlockRow & { readonly scope: string }

/** Returns a sentence for each block of the text index that contradicts the documents or itself. */
export function inspectBlocks(sql: Sql, vectorBytes: number): readonly string[] {
  const sentences: string[] = []
  const indexed = new Set<number>()
  for (const { id } of sql.all<{ readonly id: number }>('select id from ragwire_blocks order by id')) {
    const row = sql.get<ScopedBlock>(`select scope, ${BLOCK_COLUMNS} from ragwire_blocks where id = ?`, id)
    if (row) sentences.push(...inspectBlock(sql, row, { vectorBytes, indexed }))
  }
  for (const { id, document_id: documentId, scope } of sql.all<DocumentRow>(
    'select id, document_id, scope from ragwire_documents where chunks > 0',
  )) {
    if (!indexed.has(id)) sentences.push(`Document '${documentId}' of scope '${scope}' is not in the text index`)
  }
  return sentences
}

function inspectBlock(
  sql: Sql,
  row: ScopedBlock,
  { vectorBytes, indexed }: { readonly vectorBytes: number; readonly indexed: Set<number> },
): readonly string[] {
  try {
    const block = decodeBlock(row)
    return [
      ...inspectDocuments(sql, row, { block, indexed }),
      ...inspectSums(row, block),
      ...inspectTerms(sql, row, block),
      ...inspectCodes(sql, row, vectorBytes),
    ]
  } catch (thrown) {
    // A damaged row may contradict itself in any way.
    if (thrown instanceof DamagedIndexError || thrown instanceof TypeError || thrown instanceof RangeError) {
      return [`Block ${row.id} of the text index cannot be read: ${thrown.message}`]
    }
    throw thrown
  }
}

function inspectDocuments(
  sql: Sql,
  { id, scope }: ScopedBlock,
  { block, indexed }: { readonly block: BlockChunks; readonly indexed: Set<number> },
): readonly string[] {
  return block.documents.flatMap((document) => {
    const row = sql.get<DocumentRow>('select * from ragwire_documents where id = ?', document.id)
    const isSame =
      row?.block === id &&
      row.scope === scope &&
      row.first_chunk === document.firstChunk &&
      row.chunks === document.chunks
    if (isSame) indexed.add(document.id)
    return isSame
      ? []
      : [`The text index has document ${document.id} of scope '${scope}', which is not in the manifest`]
  })
}

function inspectSums({ id, live, length }: BlockRow, { owners, lengths }: BlockChunks): readonly string[] {
  const liveLengths = lengths.filter((_, index) => (owners[index] ?? -1) >= 0)
  const isRight = liveLengths.length === live && liveLengths.reduce((sum, length) => sum + length, 0) === length
  return isRight ? [] : [`Block ${id} of the text index has wrong totals`]
}

/** Counts the terms of each chunk. */
function inspectTerms(sql: Sql, { id, buckets }: BlockRow, { owners, lengths }: BlockChunks): readonly string[] {
  const counts = new Uint32Array(lengths.length)
  let misplaced = 0
  const rows = sql.all<{ readonly id: number; readonly data: Uint8Array }>(
    'select id, data from ragwire_postings where id >= ? and id < ?',
    id * MAX_BUCKETS,
    (id + 1) * MAX_BUCKETS,
  )
  for (const row of rows) {
    for (const { term, postings } of decodeBucket(row.data)) {
      if (bucketOf(term, buckets) !== row.id - id * MAX_BUCKETS) misplaced += 1
      for (let at = 0; at < postings.length; at += 2) {
        const index = postings[at] ?? 0
        counts[index] = (counts[index] ?? 0) + 1
      }
    }
  }
  const wrong = lengths.filter((length, index) => (owners[index] ?? -1) >= 0 && counts[index] !== length).length
  return wrong + misplaced === 0 ? [] : [`Block ${id} of the text index has wrong terms for ${wrong} chunks`]
}

function inspectCodes(sql: Sql, { id, chunks }: BlockRow, vectorBytes: number): readonly string[] {
  const row = sql.get<{ readonly bytes: number }>('select length(data) as bytes from ragwire_codes where block = ?', id)
  return (row?.bytes ?? 0) === chunks * vectorBytes ? [] : [`Block ${id} has not all of its packed vectors`]
}
