import type { Source } from '../../core/vocabulary/sources.ts'
import type { ResponseEnding } from './finished-response.ts'
import type { StreamParts } from './frames.ts'
import { toSearchCall, toSearchId } from './output-items.ts'

/** Encodes the search of a stream. Every method returns the frames to send. */
export interface SearchEncoder {
  /** The sources so far, by their number. */
  readonly sources: ReadonlyMap<number, Source>
  /** The position of the search call; absent before it begins. */
  readonly index: number | undefined
  /** Begins the search. */
  begin(query: string | undefined): string
  /** Adds a source. It begins a search if there is none. */
  addSource(source: Source): string
  /** Ends the search, if one is running. */
  finish(): string
  /** Ends a search that is still running when the run ends. */
  end(ending: Pick<ResponseEnding, 'searchStatus'>): string
}

/** Creates the encoder of the search. Without search calls it only collects the sources. */
export function createSearchEncoder(runId: string, { frames, items, context }: StreamParts): SearchEncoder {
  const sources = new Map<number, Source>()
  const item_id = toSearchId(runId)
  let query: string | undefined
  let index: number | undefined
  let isRunning = false

  function itemOf(status: 'in_progress' | 'completed' | 'incomplete' | 'failed'): object {
    return toSearchCall({ runId, query, sources: [...sources.values()] }, status, context)
  }

  function begin(): string {
    if (index !== undefined || !context.search) return ''
    index = items.next()
    isRunning = true
    const at = { item_id, output_index: index }
    return (
      frames.add('response.output_item.added', { output_index: index, item: itemOf('in_progress') }) +
      frames.add('response.file_search_call.in_progress', at) +
      frames.add('response.file_search_call.searching', at)
    )
  }

  function finish(status: 'completed' | 'incomplete' | 'failed'): string {
    if (!isRunning || index === undefined) return ''
    isRunning = false
    const at = { item_id, output_index: index }
    const completed = status === 'completed' ? frames.add('response.file_search_call.completed', at) : ''
    return completed + frames.add('response.output_item.done', { output_index: index, item: itemOf(status) })
  }

  return {
    sources,
    get index() {
      return index
    },
    begin(searched) {
      query = searched
      return begin()
    },
    addSource(source) {
      sources.set(source.number, source)
      return begin()
    },
    finish: () => finish('completed'),
    end: ({ searchStatus }) => finish(sources.size > 0 ? 'completed' : searchStatus),
  }
}
