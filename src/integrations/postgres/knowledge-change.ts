import type { DocumentKey, IndexChange, IndexedChunk, IndexedDocument } from '../../knowledge/store/knowledge-store.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { toFilterable } from './knowledge-filter.ts'
import { segmentsOf } from './knowledge-segments.ts'

// The position has 20 bits of a hit.
const MAX_CHUNKS = 2 ** 20

/** Returns the parameters of the function that commits a change, as JSON. The change was checked by `expectChange`. */
export function encodeChange({ clear, embedding, removals, versions, documents = [] }: IndexChange): readonly string[] {
  for (const [index, { chunks }] of documents.entries()) {
    if (chunks.length <= MAX_CHUNKS) continue
    const message = `Cannot index documents[${index}]: it has ${chunks.length} chunks, and the limit is ${MAX_CHUNKS}`
    throw invalidInput(`documents[${index}].chunks`, message, RangeError)
  }
  const { segments, rows } = segmentsOf(documents)
  return [
    JSON.stringify({
      clear: clear === true,
      embedder_id: embedding?.embedderId,
      dimensions: embedding?.dimensions,
      removals: removals?.map(encodeKey) ?? [],
      versions: versions?.map((entry) => ({ ...encodeKey(entry), hash: entry.hash, version: entry.version })) ?? [],
    }),
    JSON.stringify(documents.map((document, number) => encodeDocument(document, number, segments[number]))),
    JSON.stringify(
      documents.flatMap(({ chunks }, number) => chunks.map((chunk, at) => encodeChunk(chunk, number, at))),
    ),
    JSON.stringify(rows),
  ]
}

function encodeKey({ scope, documentId }: DocumentKey) {
  return { scope, document_id: documentId }
}

function encodeDocument(document: IndexedDocument, number: number, segment: number | undefined) {
  const { hash, version, title, metadata, chunks } = document
  return {
    ...encodeKey(document),
    number,
    segment,
    hash,
    version,
    record: { title, metadata },
    filterable: toFilterable(document),
    chunks: chunks.length,
    lengths: chunks.reduce((sum, { terms }) => sum + new Set(terms).size, 0),
  }
}

function encodeChunk(chunk: IndexedChunk, number: number, position: number) {
  const { chunkId, text, start, end, page, section, verbatimEnd, url, rectangles, vector } = chunk
  const record = { chunkId, text, start, end, page, section, verbatimEnd, url, rectangles }
  return { number, position, record, ...(vector && { embedding: encodeVector(vector) }) }
}

/** Returns the text of a vector. Nine digits give back each float32 exactly. */
export function encodeVector(vector: Float32Array): string {
  return `[${Array.from(vector, (number) => number.toPrecision(9)).join(',')}]`
}
