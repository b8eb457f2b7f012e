import type { EngineSource } from '../../core/vocabulary/engine.ts'
import type { Chunk, RetrievedChunk } from '../../core/vocabulary/retriever.ts'

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
  getContent(mode?: string): string
}

/** A LlamaIndex node with its score. */
export interface LlamaIndexNodeWithScore {
  /** The node. */
  readonly node: LlamaIndexNode
  /** Higher is better. */
  readonly score?: number | undefined
}

/** The metadata keys of a node that become fields of a chunk. */
export interface LlamaIndexNodeKeys {
  /** Metadata key of the title. @defaultValue `title`, then `file_name` */
  readonly titleKey?: string | undefined
  /** Metadata key of the address. @defaultValue `url` */
  readonly urlKey?: string | undefined
}

/** Converts a node with its score to a chunk. */
export function toRetrievedChunk({ node, score }: LlamaIndexNodeWithScore, keys: LlamaIndexNodeKeys): RetrievedChunk {
  return { chunk: toChunk(node, keys), ...(score !== undefined && { score }) }
}

function toChunk(node: LlamaIndexNode, { titleKey, urlKey = 'url' }: LlamaIndexNodeKeys): Chunk {
  const { metadata } = node
  const titles = titleKey === undefined ? [metadata['title'], metadata['file_name']] : [metadata[titleKey]]
  const title = titles.find((value) => typeof value === 'string')
  const url = metadata[urlKey]
  const location = locationOf(node)
  const section = sectionOf(metadata)
  return {
    chunkId: node.id_,
    documentId: node.sourceNode?.nodeId ?? node.id_,
    text: textOfNode(node),
    metadata,
    ...(title !== undefined && { title }),
    ...(section.length > 0 && { section }),
    ...(typeof url === 'string' && { url }),
    ...(location && { location }),
  }
}

/** Returns the text of a node without its metadata. */
export function textOfNode(node: LlamaIndexNode): string {
  return node.getContent('NONE')
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

/** Converts a node with its score to a source of an engine. */
export function toEngineSource(found: LlamaIndexNodeWithScore, keys: LlamaIndexNodeKeys): EngineSource {
  const { chunk, score } = toRetrievedChunk(found, keys)
  return { ...chunk, ...(score !== undefined && { score }) }
}
