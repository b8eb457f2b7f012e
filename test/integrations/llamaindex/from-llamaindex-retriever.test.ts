import { getEventListeners } from 'node:events'
import { BaseEmbedding, Document, MarkdownNodeParser, Settings, VectorStoreIndex } from 'llamaindex'
import { beforeAll, describe, expect, it } from 'vitest'
import { collectChat, streamChat } from '../../../src/index.ts'
import { fromLlamaIndexRetriever, type LlamaIndexNode, type LlamaIndexRetriever } from '../../../src/llamaindex.ts'
import { retrieverContract, scriptedChatModel, step } from '../../../src/testing.ts'
import { animalIndex, openUpstream } from './support/open-upstream.ts'

const ANIMALS = ['cat', 'dog', 'cow', 'owl']

/** One dimension for each animal: texts about the same animals are near each other. */
class AnimalEmbedding extends BaseEmbedding {
  // The method of the base class is protected.
  constructor() {
    super()
  }

  async getTextEmbedding(text: string): Promise<number[]> {
    return ANIMALS.map((animal) => (text.includes(animal) ? 1 : 0.1))
  }
}

let retriever: LlamaIndexRetriever

beforeAll(async () => {
  Settings.embedModel = new AnimalEmbedding()
  const documents = ANIMALS.map((animal) => {
    const metadata = { title: `The ${animal}`, url: `https://a.example/${animal}`, secret: 'sk-canary-0000' }
    return new Document({ id_: animal, text: `All about the ${animal}.`, metadata })
  })
  retriever = (await VectorStoreIndex.fromDocuments(documents)).asRetriever({ similarityTopK: 10 })
})

retrieverContract({
  describe,
  it,
  name: 'fromLlamaIndexRetriever over a VectorStoreIndex',
  create: () => ({ retriever: fromLlamaIndexRetriever(retriever) }),
  query: 'cat and dog',
})

function retrieve(source: LlamaIndexRetriever, options: Parameters<typeof fromLlamaIndexRetriever>[1] = {}, topK = 9) {
  const { signal } = new AbortController()
  return fromLlamaIndexRetriever(source, options).retrieve('owl', { topK, signal })
}

describe('fromLlamaIndexRetriever', () => {
  it('converts a real node to a chunk, with its text without metadata, its document and its location', async () => {
    const [best] = await retrieve(retriever)
    expect(best).toEqual({
      chunk: {
        chunkId: expect.stringMatching(/^[\da-f-]{36}$/),
        documentId: 'owl',
        text: 'All about the owl.',
        title: 'The owl',
        url: 'https://a.example/owl',
        location: { start: 0, end: 18 },
        metadata: expect.objectContaining({ secret: 'sk-canary-0000' }),
      },
      score: expect.any(Number),
    })
  })

  it('works in a turn of streamChat, which shows no metadata by default', async () => {
    const model = scriptedChatModel(['Owls [1].', { type: 'finish', finishReason: 'stop' }])
    const options = { question: 'owl?', retriever: fromLlamaIndexRetriever(retriever), model, topN: 1 }
    const { sources } = await collectChat(streamChat(options))
    expect(sources).toMatchObject([{ number: 1, title: 'The owl', url: 'https://a.example/owl', metadata: {} }])
    expect(JSON.stringify(sources)).not.toContain('canary')
  })

  it('sorts by score, and returns at most topK chunks', async () => {
    const source = retrieverOf(
      [nodeOf({ id_: 'a' }), 0.1],
      [nodeOf({ id_: 'b' }), undefined],
      [nodeOf({ id_: 'c' }), 0.9],
    )
    const found = await retrieve(source)
    expect(found.map(({ chunk, score }) => [chunk.chunkId, score])).toEqual([
      ['c', 0.9],
      ['a', 0.1],
      ['b', undefined],
    ])
    expect(await retrieve(source, {}, 1)).toHaveLength(1)
  })

  it('puts NaN scores last', async () => {
    const source = retrieverOf([nodeOf({ id_: 'a' }), NaN], [nodeOf({ id_: 'b' }), 0.5], [nodeOf({ id_: 'c' }), 0.9])
    expect((await retrieve(source)).map(({ chunk }) => chunk.chunkId)).toEqual(['c', 'b', 'a'])
  })

  it('takes the title from the metadata if there is one, and the URL only if it is a string', async () => {
    const chunkOf = async (metadata: Record<string, unknown>, options = {}) =>
      (await retrieve(retrieverOf([nodeOf({ metadata }), 1]), options))[0]?.chunk
    expect(await chunkOf({ file_name: 'a.md' })).toMatchObject({ title: 'a.md' })
    expect(await chunkOf({ title: 'A', file_name: 'a.md' })).toMatchObject({ title: 'A' })
    expect(await chunkOf({ name: 'N', title: 'A' }, { titleKey: 'name' })).toMatchObject({ title: 'N' })
    expect(await chunkOf({ link: 'https://x' }, { urlKey: 'link' })).toMatchObject({ url: 'https://x' })
    const bare = await chunkOf({ title: 1, url: 2 })
    expect(bare).not.toHaveProperty('title')
    expect(bare).not.toHaveProperty('url')
  })

  it('takes the section from the headings that the Markdown parser of LlamaIndex writes', async () => {
    const text = '# Tea\n\nLeaves.\n\n## Green\n\n### Heat\n\nEighty degrees.\n\n## Black\n\nBoiling.'
    const nodes = new MarkdownNodeParser().getNodesFromDocuments([new Document({ text })])
    const found = await retrieve(retrieverOf(...nodes.map(({ metadata }) => [nodeOf({ metadata }), 1] as const)))
    expect(found.map(({ chunk }) => chunk.section)).toEqual([
      ['Tea'],
      ['Tea', 'Green'],
      ['Tea', 'Green', 'Heat'],
      ['Tea', 'Black'],
    ])
    const [other] = await retrieve(retrieverOf([nodeOf({ metadata: { Header_1: 1, Header: 'x' } }), 1]))
    expect(other?.chunk).not.toHaveProperty('section')
  })

  it('uses the node id as the document id when there is no document, and start 0 when only an end is given', async () => {
    const [found] = await retrieve(retrieverOf([nodeOf({ id_: 'n', endCharIdx: 7 }), 1]))
    expect(found?.chunk).toMatchObject({ documentId: 'n', location: { start: 0, end: 7 } })
    const [other] = await retrieve(retrieverOf([nodeOf({ startCharIdx: 3, endCharIdx: 7 }), 1]))
    expect(other?.chunk.location).toEqual({ start: 3, end: 7 })
    expect((await retrieve(retrieverOf([nodeOf({}), 1])))[0]?.chunk).not.toHaveProperty('location')
  })

  it('ends its wait at an abort although the lookup takes no signal', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const deaf = fromLlamaIndexRetriever({ retrieve: () => new Promise(() => {}) })
    const pending = deaf.retrieve('owl', { topK: 1, signal })
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('closes the embedding request of a lookup at an abort, with an abortable session', async () => {
    const before = Settings.embedModel
    await using upstream = await openUpstream()
    try {
      const index = await animalIndex()
      const sent = upstream.server.hits.length
      upstream.server.use(step.silence(), { path: '/v1/embeddings' })
      const controller = new AbortController()
      const pending = fromLlamaIndexRetriever(index.asRetriever()).retrieve('owl', {
        topK: 1,
        signal: controller.signal,
      })
      const hit = await upstream.server.hit(sent)
      controller.abort(new Error('stop'))
      await expect(pending).rejects.toThrow('stop')
      expect(await hit.closed).toBe('client')
    } finally {
      Settings.embedModel = before
    }
  })

  it('makes no lookup under a signal that has already aborted', async () => {
    let asked = 0
    const counting = fromLlamaIndexRetriever({ retrieve: async () => ((asked += 1), []) })
    const options = { topK: 1, signal: AbortSignal.abort(new Error('before')) }
    await expect(counting.retrieve('owl', options)).rejects.toThrow('before')
    expect(asked).toBe(0)
  })

  it('throws at once for an object that is not a retriever', () => {
    expect(() => fromLlamaIndexRetriever({} as LlamaIndexRetriever)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'retriever.retrieve' }),
    )
  })
})

function nodeOf(node: Partial<LlamaIndexNode>): LlamaIndexNode {
  return { id_: 'node', metadata: {}, getContent: () => 'text', ...node }
}

function retrieverOf(...found: readonly (readonly [LlamaIndexNode, number | undefined])[]): LlamaIndexRetriever {
  return { retrieve: async () => found.map(([node, score]) => ({ node, score })) }
}
