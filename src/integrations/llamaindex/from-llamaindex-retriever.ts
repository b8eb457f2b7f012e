import { untilAborted } from '../../core/async/abortable.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectMethods, expectString } from '../../core/options/validate.ts'
import type { RetrievedChunk, Retriever } from '../../core/vocabulary/retriever.ts'

/** What of a LlamaIndex node is read. */
export interface LlamaIndexNode {
  readonly id_: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** The document that the node was cut from. */
  readonly sourceNode?: { readonly nodeId: string } | undefined
  readonly startCharIdx?: number | undefined
  readonly endCharIdx?: number | undefined
  getContent(mode: string): string
}

/** What of a LlamaIndex retriever is used: structurally, so that nothing of that package is loaded or typed here. */
export interface LlamaIndexRetriever {
  retrieve(params: {
    query: string
  }): Promise<readonly { readonly node: LlamaIndexNode; readonly score?: number | undefined }[]>
}

/** What {@link fromLlamaIndexRetriever} takes. */
export interface FromLlamaIndexRetrieverOptions {
  /** Metadata key of the title. @defaultValue `title`, then `file_name` */
  readonly titleKey?: string | undefined
  /** Metadata key of the address. @defaultValue `url` */
  readonly urlKey?: string | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexRetrieverOptions> = { titleKey: true, urlKey: true }

/**
 * Uses a retriever of LlamaIndex.TS, such as `index.asRetriever({ similarityTopK: 8 })`. How many nodes it looks up is
 * its own setting; `topK` cuts what it returns. It takes no signal: an abort ends the wait at once, while the lookup
 * itself runs on. `filter` and `scope` cannot be passed on to it: give each scope a retriever of its own.
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
      const nodes = await untilAborted(retriever.retrieve({ query }), signal)
      const retrieved = nodes.map(({ node, score }) => toRetrievedChunk(node, score, options))
      return retrieved.toSorted((a, b) => (b.score || 0) - (a.score || 0)).slice(0, topK)
    },
  }
}

function toRetrievedChunk(
  node: LlamaIndexNode,
  score: number | undefined,
  { titleKey, urlKey = 'url' }: FromLlamaIndexRetrieverOptions,
): RetrievedChunk {
  const { metadata } = node
  const titles = titleKey === undefined ? [metadata['title'], metadata['file_name']] : [metadata[titleKey]]
  const title = titles.find((value) => typeof value === 'string')
  const url = metadata[urlKey]
  const location = locationOf(node)
  const chunk = {
    chunkId: node.id_,
    documentId: node.sourceNode?.nodeId ?? node.id_,
    // LlamaIndex's word for the text without its metadata.
    text: node.getContent('NONE'),
    metadata,
    ...(title !== undefined && { title }),
    ...(typeof url === 'string' && { url }),
    ...(location && { location }),
  }
  return { chunk, ...(score !== undefined && { score }) }
}

// LlamaIndex leaves a start of 0 out, so that an end alone means a chunk from the beginning.
function locationOf({ startCharIdx, endCharIdx }: LlamaIndexNode): { start: number; end: number } | undefined {
  return endCharIdx === undefined ? undefined : { start: startCharIdx ?? 0, end: endCharIdx }
}
