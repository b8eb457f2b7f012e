import { untilAborted } from '../../core/async/abortable.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectFunction, expectMethods } from '../../core/options/validate.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { Reranker } from '../../core/vocabulary/reranker.ts'
import type { Chunk, RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import { runWithSignal } from './call-signal.ts'
import { textOfNode, toRetrievedChunk, type LlamaIndexNode, type LlamaIndexNodeWithScore } from './llamaindex-node.ts'

/** The used part of a LlamaIndex node postprocessor. The type is structural, so that the package is not needed. */
export interface LlamaIndexPostprocessor<Node extends LlamaIndexNode> {
  /** Resolves with the nodes that remain, in their new order. */
  postprocessNodes(nodes: { node: Node; score?: number }[], query?: string): Promise<readonly LlamaIndexNodeWithScore[]>
}

/** The options of {@link fromLlamaIndexPostprocessor}. */
export interface FromLlamaIndexPostprocessorOptions<Node extends LlamaIndexNode> {
  /** Makes the node of a chunk, such as `({ chunkId, text }) => new TextNode({ id_: chunkId, text })`. */
  readonly toNode: (chunk: Chunk) => Node
}

const OPTIONS: OptionNames<FromLlamaIndexPostprocessorOptions<LlamaIndexNode>> = { toNode: true }

/**
 * Adapts a node postprocessor of LlamaIndex.TS, such as `new CohereRerank()` or `new SimilarityPostprocessor()`. A chunk
 * of which the postprocessor has changed the text loses its `location`. An abort ends the wait at once.
 *
 * @example
 * ```ts
 * import { SimilarityPostprocessor, TextNode } from 'llamaindex'
 * import { fromLlamaIndexPostprocessor } from 'ragwire/llamaindex'
 * const reranker = fromLlamaIndexPostprocessor(new SimilarityPostprocessor({ similarityCutoff: 0.7 }), {
 *   toNode: ({ chunkId, text, metadata = {} }) => new TextNode({ id_: chunkId, text, metadata }),
 * })
 * ```
 */
export function fromLlamaIndexPostprocessor<Node extends LlamaIndexNode>(
  postprocessor: LlamaIndexPostprocessor<Node>,
  options: FromLlamaIndexPostprocessorOptions<Node>,
): Reranker {
  const what = 'a node postprocessor such as new SimilarityPostprocessor()'
  expectMethods('postprocessor', postprocessor, what, ['postprocessNodes'])
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexPostprocessor' })
  const toNode = expectFunction('toNode', options.toNode)
  return {
    async rerank(query, chunks, { signal }) {
      signal.throwIfAborted()
      const nodes = chunks.map(({ chunk, score }) => ({ node: toNode(chunk), ...(score !== undefined && { score }) }))
      // Two documents may use one chunk id, so a node is recognised as an object first.
      const byNode = new Map<LlamaIndexNode, Chunk>(nodes.map(({ node }, index) => [node, chunkAt(chunks, index)]))
      const byId = new Map(nodes.map(({ node }, index) => [node.id_, chunkAt(chunks, index)]))
      const work = runWithSignal({ signal }, async () => postprocessor.postprocessNodes(nodes, query))
      const ranked: unknown = await untilAborted(work, signal)
      if (!Array.isArray(ranked)) {
        throw new ChatError('The postprocessor returned no list of nodes', { code: 'retrieval-failed', cause: ranked })
      }
      return ranked.map((found: LlamaIndexNodeWithScore) =>
        toRanked(found, byNode.get(found.node) ?? byId.get(found.node.id_)),
      )
    },
  }
}

function chunkAt(chunks: readonly RetrievedChunk[], index: number): Chunk {
  const { chunk } = chunks[index] as RetrievedChunk
  return chunk
}

/** Returns the chunk of a node with its new score and text; a node that is new becomes a new chunk. */
function toRanked(found: LlamaIndexNodeWithScore, chunk: Chunk | undefined): RetrievedChunk {
  if (!chunk) return toRetrievedChunk(found, {})
  const { score } = found
  const text = textOfNode(found.node)
  const { location: _location, ...moved } = chunk
  return { chunk: text === chunk.text ? chunk : { ...moved, text }, ...(score !== undefined && { score }) }
}
