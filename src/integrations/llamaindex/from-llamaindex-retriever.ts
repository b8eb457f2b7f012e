import { untilAborted } from '../../core/async/abortable.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectMethods, expectString } from '../../core/options/validate.ts'
import type { RetrievedChunk, Retriever } from '../../core/vocabulary/retriever.ts'

/** The used part of a LlamaIndex node. */
export interface LlamaIndexNode {
  /** Id of the node; it becomes the `chunkId`. */
  readonly id_: string
  /** Metadata, such as the title and the address. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The document that the node was cut from. */
  readonly sourceNode?: { readonly nodeId: string } | undefined
  /** Start of the node in its document; LlamaIndex leaves 0 out. */
  readonly startCharIdx?: number | undefined
  /** End of the node in its document. */
  readonly endCharIdx?: number | undefined
  /** Returns the text of the node. */
  getContent(mode: string): string
}

/** The used part of a LlamaIndex retriever. The type is structural, so that the package is not needed. */
export interface LlamaIndexRetriever {
  /** Retrieves the nodes for a query. */
  retrieve(params: {
    query: string
  }): Promise<readonly { readonly node: LlamaIndexNode; readonly score?: number | undefined }[]>
}

/** The options of {@link fromLlamaIndexRetriever}. */
export interface FromLlamaIndexRetrieverOptions {
  /** Metadata key of the title. @defaultValue `title`, then `file_name` */
  readonly titleKey?: string | undefined
  /** Metadata key of the address. @defaultValue `url` */
  readonly urlKey?: string | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexRetrieverOptions> = { titleKey: true, urlKey: true }

/**
 * Adapts a retriever of LlamaIndex.TS, such as `index.asRetriever({ similarityTopK: 8 })`. The retriever's own setting
 * limits the lookup; `topK` cuts its result. It accepts no signal: an abort ends the wait at once, but the lookup
 * continues. It accepts no `filter` and no `scope`: use one retriever per scope.
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
  const section = sectionOf(metadata)
  const chunk = {
    chunkId: node.id_,
    documentId: node.sourceNode?.nodeId ?? node.id_,
    // LlamaIndex's name for the text without metadata.
    text: node.getContent('NONE'),
    metadata,
    ...(title !== undefined && { title }),
    ...(section.length > 0 && { section }),
    ...(typeof url === 'string' && { url }),
    ...(location && { location }),
  }
  return { chunk, ...(score !== undefined && { score }) }
}

// The keys of LlamaIndex's MarkdownNodeParser. Each level is absent if the document skips it.
function sectionOf(metadata: LlamaIndexNode['metadata']): readonly string[] {
  return [1, 2, 3, 4, 5, 6].flatMap((level) => {
    const heading = metadata[`Header_${level}`]
    return typeof heading === 'string' ? [heading] : []
  })
}

// LlamaIndex leaves out a start of 0, so an end without a start means 0.
function locationOf({ startCharIdx, endCharIdx }: LlamaIndexNode): { start: number; end: number } | undefined {
  return endCharIdx === undefined ? undefined : { start: startCharIdx ?? 0, end: endCharIdx }
}
