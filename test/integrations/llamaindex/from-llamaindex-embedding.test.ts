import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { fromLlamaIndexEmbedding, type LlamaIndexEmbedding } from '../../../src/llamaindex.ts'
import { createGate, faults, step } from '../../../src/testing.ts'
import { openUpstream } from './support/open-upstream.ts'

const PATH = { path: '/v1/embeddings' }
const { signal } = new AbortController()

describe('fromLlamaIndexEmbedding over @llamaindex/openai', () => {
  it('returns one vector for each text, in batches and in order, and has the id of the model', async () => {
    await using upstream = await openUpstream()
    const embedder = fromLlamaIndexEmbedding(upstream.embedding, { batchSize: 2 })
    const vectors = await embedder.embed(['cats', 'dogs', 'cats'], { signal })
    expect(vectors.map(({ length }) => length)).toEqual([32, 32, 32])
    expect(vectors[0]).toBeInstanceOf(Float32Array)
    expect(vectors[2]).toEqual(vectors[0])
    expect(vectors[1]).not.toEqual(vectors[0])
    expect(upstream.server.hits.map(({ body }) => body)).toMatchObject([
      { input: ['cats', 'dogs'] },
      { input: ['cats'] },
    ])
    expect(embedder.id).toBe('text-embedding-3-small')
  })

  it('closes the request at an abort, rejects with its reason, and makes no further request', async () => {
    await using upstream = await openUpstream()
    upstream.server.use(faults.inTurn(faults.embeddings(), step.silence()), PATH)
    const controller = new AbortController()
    const pending = fromLlamaIndexEmbedding(upstream.embedding, { batchSize: 1 }).embed(['a', 'b', 'c'], controller)
    const hit = await upstream.server.hit(1)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(await hit.closed).toBe('client')
    expect(upstream.server.hits).toHaveLength(2)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('fails for a status 500 without a retry of the client', async () => {
    await using upstream = await openUpstream()
    upstream.server.use(faults.unavailable(), PATH)
    const embedder = fromLlamaIndexEmbedding(upstream.embedding)
    await expect(embedder.embed(['a'], { signal })).rejects.toMatchObject({
      name: 'ChatError',
      code: 'upstream-unavailable',
      retryable: true,
    })
    expect(upstream.server.hits).toHaveLength(1)
  })
})

describe('fromLlamaIndexEmbedding', () => {
  it('asks for one text at a time when the model has no batches', async () => {
    const asked: string[] = []
    const model: LlamaIndexEmbedding = {
      async getTextEmbedding(text) {
        asked.push(text)
        return [text.length]
      },
    }
    expect(await fromLlamaIndexEmbedding(model).embed(['a', 'bb'], { signal })).toEqual([
      Float32Array.of(1),
      Float32Array.of(2),
    ])
    expect(asked).toEqual(['a', 'bb'])
  })

  it('uses the batch size of the model, and makes no request for an empty list', async () => {
    const batches: number[] = []
    const model = modelOf((texts) => (batches.push(texts.length), texts.map(() => [1])), { embedBatchSize: 3 })
    const embedder = fromLlamaIndexEmbedding(model)
    await embedder.embed([], { signal })
    await embedder.embed(['a', 'b', 'c', 'd'], { signal })
    expect(batches).toEqual([3, 1])
  })

  it('ends its wait at an abort although the model takes no signal', async () => {
    const controller = new AbortController()
    const gate = createGate()
    const deaf: LlamaIndexEmbedding = {
      async getTextEmbedding() {
        await gate.pass()
        return [1]
      },
    }
    const pending = fromLlamaIndexEmbedding(deaf).embed(['a'], controller)
    await gate.reached()
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    gate.open()
  })

  it('makes no request under a signal that has already aborted', async () => {
    let asked = 0
    const model = modelOf(() => ((asked += 1), [[1]]))
    const aborted = { signal: AbortSignal.abort(new Error('before')) }
    await expect(fromLlamaIndexEmbedding(model).embed(['a'], aborted)).rejects.toThrow('before')
    expect(asked).toBe(0)
  })

  it('embeds a query with the method for queries, if the model has one', async () => {
    const model = modelOf((texts) => texts.map(() => [1]), {
      getQueryEmbedding: async ({ text }) => (text === '' ? null : [2]),
    })
    const embedder = fromLlamaIndexEmbedding(model)
    const vectors = await embedder.embed(['a', 'b'], { signal, purpose: 'query' })
    expect(vectors).toEqual([Float32Array.of(2), Float32Array.of(2)])
    expect(await embedder.embed(['a'], { signal, purpose: 'document' })).toEqual([Float32Array.of(1)])
    await expect(embedder.embed([''], { signal, purpose: 'query' })).rejects.toThrow('not a list of numbers')
    const plain = fromLlamaIndexEmbedding(modelOf(() => [[1]]))
    expect(await plain.embed(['a'], { signal, purpose: 'query' })).toEqual([Float32Array.of(1)])
  })

  it('has the dimensions in its id, so that an index notices when they change', () => {
    const idOf = (rest: Partial<LlamaIndexEmbedding>) => fromLlamaIndexEmbedding(modelOf(() => [], rest)).id
    expect([idOf({ model: 'm' }), idOf({ model: 'm', dimensions: 256 })]).toEqual(['m', 'm:256'])
  })

  it('has the id of the caller, or none if the model has no name', () => {
    expect(
      fromLlamaIndexEmbedding(
        modelOf(() => []),
        { id: 'mine' },
      ).id,
    ).toBe('mine')
    expect(fromLlamaIndexEmbedding(modelOf(() => []))).not.toHaveProperty('id')
  })

  it.each<[string, unknown, RegExp]>([
    ['too few vectors', [[1]], /2 texts with 1 vectors/],
    ['too many vectors', [[1], [2], [3]], /2 texts with 3 vectors/],
    ['no list', undefined, /2 texts with no vectors/],
    ['a vector of null', [[1], null], /not a list of numbers/],
    ['an empty vector', [[1], []], /not a list of numbers/],
    ['numbers as text', [[1], ['1']], /not a list of numbers/],
    [
      'NaN',
      [
        [1, 1],
        [1, Number.NaN],
      ],
      /NaN at position 1/,
    ],
    ['Infinity', [[Infinity], [1]], /Infinity at position 0/],
    ['a number that is infinite as a float32', [[1e39], [1]], /1e\+39 at position 0/],
    ['different lengths', [[1], [1, 2]], /different lengths: 1 and 2/],
  ])('rejects an answer with %s', async (_name, answer, message) => {
    const model = modelOf(() => answer as number[][])
    await expect(fromLlamaIndexEmbedding(model).embed(['a', 'b'], { signal })).rejects.toMatchObject({
      code: 'upstream-bad-response',
      message: expect.stringMatching(message),
    })
  })

  it('rejects vectors whose length changes from one batch to the next', async () => {
    let calls = 0
    const model = modelOf((texts) => texts.map(() => Array.from({ length: (calls += 1) }, () => 1)))
    await expect(fromLlamaIndexEmbedding(model, { batchSize: 1 }).embed(['a', 'b'], { signal })).rejects.toThrow(
      'different lengths: 1 and 2',
    )
  })

  it('converts an error that the model throws at once', async () => {
    const model = modelOf(() => {
      throw new Error('Cannot find Embedding, please set Settings.embedModel')
    })
    await expect(fromLlamaIndexEmbedding(model).embed(['a'], { signal })).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: 'Cannot find Embedding, please set Settings.embedModel',
    })
  })

  it.each([
    ['embedding.getTextEmbedding', {}, {}],
    ['id', modelOf(() => []), { id: 7 }],
    ['batchSize', modelOf(() => []), { batchSize: 0 }],
  ])('throws at once for an invalid %s', (field, model, options) => {
    expect(() => fromLlamaIndexEmbedding(model as LlamaIndexEmbedding, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})

function modelOf(
  embed: (texts: readonly string[]) => number[][],
  rest: Partial<LlamaIndexEmbedding> = {},
): LlamaIndexEmbedding {
  return { getTextEmbedding: async () => [1], getTextEmbeddings: async (texts) => embed(texts), ...rest }
}
