import { isRecord } from '../../core/options/plain-object.ts'
import type { CheckedCitation } from '../../core/vocabulary/citations.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type {
  JsonValue,
  RagwireCitationPart,
  RagwireMetadata,
  RagwireSourceDocument,
  RagwireSourcesPart,
  RagwireSourceUrl,
} from './ui-message.ts'

/** Converts a source to a part: `source-url` if it has an address, otherwise `source-document`. */
export function toSourcePart(source: Source): RagwireSourceUrl | RagwireSourceDocument {
  const { sourceId, documentId, url } = source
  const title = source.title || documentId
  const providerMetadata = { ragwire: factsOf(source) }
  if (url !== undefined) return { type: 'source-url', sourceId, url, title, providerMetadata }
  return { type: 'source-document', sourceId, mediaType: 'text/plain', title, providerMetadata }
}

function factsOf({ number, documentId, chunkId, section, score, location, revision }: Source) {
  const facts: Record<string, JsonValue> = { number, documentId, chunkId }
  if (section) facts['section'] = [...section]
  if (score !== undefined) facts['score'] = score
  if (location) facts['location'] = { ...location }
  if (revision !== undefined) facts['revision'] = revision
  return facts
}

/** Makes the part that has all sources with their texts. */
export function toSourcesPart(sources: readonly Source[]): RagwireSourcesPart {
  return { type: 'data-sources', id: 'sources', data: { nodes: sources.map(toNode) } }
}

function toNode({ sourceId, text, score, url, metadata, number, title, documentId }: Source) {
  return {
    id: sourceId,
    text,
    ...(score !== undefined && { score }),
    ...(url !== undefined && { url }),
    metadata: { ...withoutForbidden(metadata), number, title, documentId },
  }
}

/** Leaves out the keys for which the JSON parser of the AI SDK rejects a chunk, which ends the message. */
function withoutForbidden(metadata: Source['metadata']): Record<string, unknown> {
  return JSON.parse(JSON.stringify(metadata), (key, value: unknown) => (isForbidden(key, value) ? undefined : value))
}

function isForbidden(key: string, value: unknown): boolean {
  if (key !== 'constructor') return key === '__proto__'
  return value === null || (isRecord(value) && Object.hasOwn(value, 'prototype'))
}

/** Makes the part of a citation. */
export function toCitationPart(citation: CheckedCitation): RagwireCitationPart {
  return { type: 'data-citation', id: `citation-${citation.index}`, data: citation }
}

/** Returns the metadata that the result of a run has. */
export function toResultMetadata({
  finishReason,
  usage,
  timings,
  saved,
  query,
  warnings,
}: ChatResult): RagwireMetadata {
  return {
    finishReason,
    usage,
    timings,
    saved,
    ...(query && { query }),
    ...(warnings.length > 0 && { warnings }),
    ...(finishReason === 'abort' && { aborted: true }),
  }
}
