import { MetadataReplacementPostProcessor, SimilarityPostprocessor, TextNode } from 'llamaindex'
import { describe, expect, it } from 'vitest'
import { collectChat, streamChat, type Chunk, type RetrievedChunk } from '../../../src/index.ts'
import { fromLlamaIndexPostprocessor, type LlamaIndexPostprocessor } from '../../../src/llamaindex.ts'
import { createGate, fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'

const CHUNKS: readonly RetrievedChunk[] = [
  { chunk: { chunkId: '1', documentId: 'a', text: 'Cats sleep.', location: { start: 0, end: 11 } }, score: 0.9 },
  { chunk: { chunkId: '1', documentId: 'b', text: 'Dogs bark.' }, score: 0.2 },
  { chunk: { chunkId: '2', documentId: 'b', text: 'Owls hoot.', metadata: { window: 'Owls hoot at night.' } } },
]

const toNode = ({ chunkId, text, metadata = {} }: Chunk): TextNode =>
  new TextNode({ id_: chunkId, text, metadata: { ...metadata } })

function rerank(postprocessor: LlamaIndexPostprocessor<TextNode>, signal = new AbortController().signal) {
  return fromLlamaIndexPostprocessor(postprocessor, { toNode }).rerank('Why?', CHUNKS, { topN: 5, signal })
}

describe('fromLlamaIndexPostprocessor', () => {
  it('drops the chunks that a SimilarityPostprocessor drops, and returns the others unchanged', async () => {
    const [only, ...others] = await rerank(new SimilarityPostprocessor({ similarityCutoff: 0.5 }))
    expect(others).toEqual([])
    expect(only?.chunk).toBe(CHUNKS[0]?.chunk)
    expect(only?.score).toBe(0.9)
  })

  it('takes the text that a MetadataReplacementPostProcessor sets, without the location', async () => {
    const ranked = await rerank(new MetadataReplacementPostProcessor('window'))
    expect(ranked.map(({ chunk }) => chunk.text)).toEqual(['Cats sleep.', 'Dogs bark.', 'Owls hoot at night.'])
    expect(ranked[2]?.chunk).toMatchObject({ documentId: 'b', chunkId: '2' })
  })

  it('drops the location of a changed text', async () => {
    const [first] = await rerank({
      async postprocessNodes(nodes) {
        nodes[0]?.node.setContent('Other words.')
        return nodes
      },
    })
    expect(first?.chunk).toEqual({ chunkId: '1', documentId: 'a', text: 'Other words.' })
  })

  it('gets the query and the scores, and returns the new order and scores, also of equal ids', async () => {
    const seen: unknown[] = []
    const ranked = await rerank({
      async postprocessNodes(nodes, query) {
        seen.push(query, ...nodes.map(({ score }) => score))
        return nodes.toReversed().map(({ node }, index) => ({ node, score: 1 - index / 10 }))
      },
    })
    expect(seen).toEqual(['Why?', 0.9, 0.2, undefined])
    expect(ranked.map(({ chunk, score }) => [chunk.documentId, score])).toEqual([
      ['b', 1],
      ['b', 0.9],
      ['a', 0.8],
    ])
  })

  it('recognises a copied node by its id, and adds a new one', async () => {
    const ranked = await rerank({
      postprocessNodes: async () => [
        { node: new TextNode({ id_: '2', text: 'Owls hoot.' }) },
        { node: new TextNode({ id_: 'new', text: 'A summary.' }), score: 1 },
      ],
    })
    expect(ranked[0]?.chunk).toBe(CHUNKS[2]?.chunk)
    expect(ranked[1]).toMatchObject({ chunk: { chunkId: 'new', text: 'A summary.' }, score: 1 })
  })

  it('works as the reranker of a run', async () => {
    const reranker = fromLlamaIndexPostprocessor<TextNode>(
      { postprocessNodes: async (nodes) => nodes.toReversed() },
      { toNode },
    )
    const retriever = fakeRetriever(['Cats sleep.', 'Dogs bark.'])
    const model = scriptedChatModel(['Yes [1].', { type: 'finish', finishReason: 'stop' }])
    const { sources } = await collectChat(streamChat({ question: 'Why?', retriever, reranker, model, topN: 1 }))
    expect(sources.map(({ text }) => text)).toEqual(['Dogs bark.'])
  })

  it('ends its wait at an abort, and does nothing under a signal that has aborted', async () => {
    const gate = createGate()
    const controller = new AbortController()
    let asked = 0
    const deaf = {
      async postprocessNodes(nodes: { node: TextNode }[]) {
        asked += 1
        await gate.pass()
        return nodes
      },
    }
    const pending = rerank(deaf, controller.signal)
    await gate.reached()
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(rerank(deaf, controller.signal)).rejects.toBe(reason)
    expect(asked).toBe(1)
    gate.open()
  })

  it('rejects a result that is no list', async () => {
    const broken = { postprocessNodes: async () => undefined as never }
    await expect(rerank(broken)).rejects.toMatchObject({ code: 'retrieval-failed' })
  })

  it.each([
    ['postprocessor.postprocessNodes', {}, { toNode }],
    ['toNode', { postprocessNodes: async () => [] }, {}],
  ])('throws at once for an invalid %s', (field, postprocessor, options) => {
    expect(() => fromLlamaIndexPostprocessor(postprocessor as never, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})
