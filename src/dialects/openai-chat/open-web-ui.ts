import type { Source } from '../../core/vocabulary/sources.ts'

/** An object that Open WebUI passes on to its page. */
export interface OpenWebUIEvent {
  /** The kind of the event. */
  readonly type: 'source' | 'status'
  /** Its content. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Returns a function that converts each source of one answer. Open WebUI counts the different ids and the different names
 * to find the source of `[2]`, so each source gets its own of both.
 */
export function createSourceEvents(): (source: Source) => OpenWebUIEvent {
  const names = new Set<string>()
  return ({ number, sourceId, title, url, text }) => {
    let name = title.toWellFormed()
    while (names.has(name)) name = `${name} (${number})`
    names.add(name)
    return {
      type: 'source',
      data: {
        source: { id: sourceId, name, ...(url !== undefined && { url }) },
        document: [text.toWellFormed()],
        metadata: [{ source: sourceId, name, ...(url !== undefined && { source_url: url }) }],
      },
    }
  }
}

/** Returns the status while the retriever searches. */
export function toSearchStatus(query: string): OpenWebUIEvent {
  const description = 'Searching "{{searchQuery}}"'
  return { type: 'status', data: { action: 'knowledge_search', description, query: query.toWellFormed(), done: false } }
}

/** Returns the status after the search. */
export function toFoundStatus(count: number): OpenWebUIEvent {
  return { type: 'status', data: { action: 'sources_retrieved', description: 'Sources', count, done: true } }
}
