import type { Citation } from '../../core/vocabulary/citations.ts'
import type { ChatResult } from '../../core/vocabulary/result.ts'
import type { Source } from '../../core/vocabulary/sources.ts'
import type { OutputItem, ResponseContext } from './response-object.ts'

/** An annotation of the text of a message. */
export type Annotation = Readonly<Record<string, string | number>>

/** The facts of a search. */
export interface Search {
  /** The run. */
  readonly runId: string
  /** The text that the retriever was given; absent if it is not known. */
  readonly query?: string | undefined
  /** The sources that were found. */
  readonly sources: readonly Source[]
}

/** Creates the item of a search. The API calls every search in documents a file search. */
export function toSearchCall(
  { runId, query, sources }: Search,
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed',
  { results }: Pick<ResponseContext, 'results'>,
): OutputItem {
  return {
    id: toSearchId(runId),
    type: 'file_search_call',
    status,
    queries: query === undefined ? [] : [query.toWellFormed()],
    results: results && status !== 'in_progress' ? sources.map(toSearchResult) : null,
  }
}

/** Returns the id of the search call of a run. */
export function toSearchId(runId: string): string {
  return `fs_${runId}`
}

/** Returns the id of the message of a run. */
export function toMessageId(runId: string): string {
  return `msg_${runId}`
}

/** Creates the item of a message that has ended. */
export function toMessage(
  runId: string,
  result: ChatResult,
  { status, search }: { readonly status: 'completed' | 'incomplete'; readonly search: boolean },
): OutputItem {
  return {
    id: toMessageId(runId),
    type: 'message',
    status,
    role: 'assistant',
    content: [toTextPart(result, { search })],
  }
}

/** Creates the text part of a message that has ended. */
export function toTextPart(
  { answer, citations, sources }: ChatResult,
  context: Pick<ResponseContext, 'search'>,
): object {
  const numbered = new Map(sources.map((source) => [source.number, source]))
  const annotations = citations
    .map((citation) => toAnnotation(citation, numbered.get(citation.number), context))
    .filter((annotation) => annotation !== undefined)
  return { type: 'output_text', text: answer.toWellFormed(), annotations, logprobs: [] }
}

/**
 * Creates the annotation of a citation. A source with a URL is cited with the range of its marker. A source without one is
 * cited as a file, which has only a position: the start of the marker. Without search calls, a client has no files, and
 * there is no annotation.
 */
export function toAnnotation(
  { start, end }: Citation,
  source: Source | undefined,
  { search }: Pick<ResponseContext, 'search'>,
): Annotation | undefined {
  if (source?.url !== undefined) {
    const title = source.title.toWellFormed()
    return { type: 'url_citation', url: source.url, title, start_index: start, end_index: end }
  }
  if (!source || !search) return undefined
  return { type: 'file_citation', file_id: source.documentId, filename: source.title.toWellFormed(), index: start }
}

function toSearchResult(source: Source): object {
  const { documentId, title, score, text } = source
  return {
    file_id: documentId,
    filename: title.toWellFormed(),
    ...(score !== undefined && { score }),
    text: text.toWellFormed(),
    attributes: toAttributes(source),
  }
}

type Attribute = readonly [name: string, value: string | number | boolean]

// Limits of the API for attributes.
const MOST_ATTRIBUTES = 16
const MOST_NAME_CHARS = 64
const MOST_VALUE_CHARS = 512

/** Returns the facts for which the API has no field. A value that the API does not allow as an attribute is left out. */
function toAttributes(source: Source): Readonly<Record<string, Attribute[1]>> {
  const { number, sourceId, chunkId, url, section, location, revision, metadata } = source
  const named = { number, source_id: sourceId, chunk_id: chunkId, url, section: section?.join(' > '), revision }
  const all: Attribute[] = []
  for (const [name, value] of Object.entries({ ...metadata, ...named, ...location })) {
    if (name.length <= MOST_NAME_CHARS && isAttributeValue(value)) {
      all.push([name.toWellFormed(), typeof value === 'string' ? value.toWellFormed() : value])
    }
  }
  // The fields of the source win over its metadata.
  return Object.fromEntries(all.slice(-MOST_ATTRIBUTES))
}

function isAttributeValue(value: unknown): value is Attribute[1] {
  if (typeof value === 'string') return value.length <= MOST_VALUE_CHARS
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
