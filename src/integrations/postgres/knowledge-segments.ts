import type { IndexedDocument } from '../../knowledge/store/knowledge-store.ts'

/** Number of rows that the terms of a scope in a segment are spread over. A release must not change it, because stored rows depend on it. */
const BUCKETS = 1024

// A removed document makes its segment be written again, which takes about a tenth of a second.
const MAX_SEGMENT_HITS = 32_000
const MAX_SEGMENT_DOCUMENTS = 1024

/** A row of the text index: the terms of one bucket in the documents of one segment. */
interface PostingRow {
  /** The number of the first document of the segment in the change. */
  readonly segment: number
  readonly scope: string
  readonly bucket: number
  readonly terms: readonly string[]
  /** Of each term: the position of its first hit, from 1. The arrays of numbers are text of Postgres, parsed faster than JSON. */
  readonly starts: string
  /** The number of the document in the segment, times 2 ^ 20, plus the position of the chunk. */
  readonly hits: string
  /** The number of times that the chunk has the term. */
  readonly counts: string
  /** The number of distinct terms of the chunk. */
  readonly lengths: string
}

/** The text index of a change. */
export interface Segments {
  /** Of each document: the number of the first document of its segment. */
  readonly segments: readonly number[]
  /** The rows of the text index. */
  readonly rows: readonly PostingRow[]
}

/** Returns the bucket of a term, by the hash FNV-1a. */
export function bucketOf(term: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1)
}

/** Divides documents into segments, and computes the rows of each. */
export function segmentsOf(documents: readonly IndexedDocument[]): Segments {
  const segments: number[] = []
  const rows: PostingRow[] = []
  let open = createSegment(0)
  for (const [number, document] of documents.entries()) {
    if (open.hits >= MAX_SEGMENT_HITS || number - open.first >= MAX_SEGMENT_DOCUMENTS) {
      for (const row of open.close()) rows.push(row)
      open = createSegment(number)
    }
    open.add(document, number)
    segments.push(open.first)
  }
  for (const row of open.close()) rows.push(row)
  return { segments, rows }
}

/** Of each chunk with a term, one after the other: hit, count and length. */
type Hits = number[]

interface Segment {
  readonly first: number
  readonly hits: number
  add(document: IndexedDocument, number: number): void
  close(): readonly PostingRow[]
}

function createSegment(first: number): Segment {
  const scopes = new Map<string, Map<string, Hits>>()
  let hits = 0
  return {
    first,
    get hits() {
      return hits
    },
    add({ scope, chunks }, number) {
      const terms = scopes.get(scope) ?? new Map<string, Hits>()
      scopes.set(scope, terms)
      for (const [position, chunk] of chunks.entries()) {
        const counts = countTerms(chunk.terms)
        hits += counts.size
        for (const [term, count] of counts) {
          const hit = (number - first) * 2 ** 20 + position
          const known = terms.get(term)
          if (known) known.push(hit, count, counts.size)
          else terms.set(term, [hit, count, counts.size])
        }
      }
    },
    close: () => [...scopes].flatMap(([scope, terms]) => toRows(terms, { scope, segment: first })),
  }
}

function toRows(
  terms: ReadonlyMap<string, Hits>,
  { scope, segment }: Pick<PostingRow, 'scope' | 'segment'>,
): readonly PostingRow[] {
  const buckets = new Map<number, string[]>()
  for (const term of terms.keys()) {
    const bucket = bucketOf(term)
    const known = buckets.get(bucket)
    if (known) known.push(term)
    else buckets.set(bucket, [term])
  }
  return Array.from(buckets, ([bucket, own]) => ({ segment, scope, bucket, terms: own, ...columnsOf(own, terms) }))
}

function columnsOf(own: readonly string[], terms: ReadonlyMap<string, Hits>) {
  const starts: number[] = []
  const hits: number[] = []
  const counts: number[] = []
  const lengths: number[] = []
  for (const term of own) {
    starts.push(hits.length + 1)
    const all = terms.get(term) ?? []
    for (let at = 0; at < all.length; at += 3) {
      hits.push(all[at] ?? 0)
      counts.push(all[at + 1] ?? 0)
      lengths.push(all[at + 2] ?? 0)
    }
  }
  return { starts: toArray(starts), hits: toArray(hits), counts: toArray(counts), lengths: toArray(lengths) }
}

function toArray(numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`
}

function countTerms(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}
