import { untilAborted } from '../../core/async/abortable.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectMethods, expectString } from '../../core/options/validate.ts'
import type { Retriever } from '../../core/vocabulary/retriever.ts'
import { runWithSignal } from './call-signal.ts'
import { toRetrievedChunk, type LlamaIndexNodeKeys, type LlamaIndexNodeWithScore } from './llamaindex-node.ts'

/** The used part of a LlamaIndex retriever. The type is structural, so that the package is not needed. */
export interface LlamaIndexRetriever {
  /** Retrieves the nodes for a query. */
  retrieve(params: { query: string }): Promise<readonly LlamaIndexNodeWithScore[]>
}

/** The options of {@link fromLlamaIndexRetriever}. */
export interface FromLlamaIndexRetrieverOptions extends LlamaIndexNodeKeys {}

const OPTIONS: OptionNames<FromLlamaIndexRetrieverOptions> = { titleKey: true, urlKey: true }

/**
 * Adapts a retriever of LlamaIndex.TS, such as `index.asRetriever({ similarityTopK: 8 })`. The retriever's own setting
 * limits the lookup; `topK` cuts its result. It accepts no signal: an abort ends the wait at once, and the lookup
 * continues, unless its embedding model has an `abortableSession`. It accepts no `filter` and no `scope`: use one
 * retriever per scope.
 */
export function fromLlamaIndexRetriever(
  retriever: LlamaIndexRetriever,
  options: FromLlamaIndexRetrieverOptions = {},
): Retriever {
  expectMethods('retriever', retriever, 'a retriever such as index.asRetriever()', ['retrieve'])
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexRetriever' })
  expectString('titleKey', options.titleKey)
  expectString('urlKey', options.urlKey)
  return {
    async retrieve(query, { topK, signal }) {
      signal.throwIfAborted()
      const lookup = runWithSignal({ signal }, () => retriever.retrieve({ query }))
      const nodes = await untilAborted(lookup, signal)
      const retrieved = nodes.map((found) => toRetrievedChunk(found, options))
      return retrieved.toSorted((a, b) => (b.score || 0) - (a.score || 0)).slice(0, topK)
    },
  }
}
