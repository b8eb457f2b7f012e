import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openaiEmbedder, type OpenAIEmbedderOptions } from '../../../src/openai.ts'
import { createFaultServer, createGate, faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { CLIENTS, type CreateClient } from './clients.ts'

const PATH = { path: '/v1/embeddings' }

/** An embedder with a server that behaves as given. */
async function openEmbedder(
  createClient: CreateClient,
  behaviour: FaultBehaviour,
  options: { batchSize?: number } = {},
) {
  const server = await createFaultServer()
  server.use(behaviour, PATH)
  const embedder = openaiEmbedder({ client: createClient({ baseURL: server.baseURL }), model: 'embed', ...options })
  const { signal } = new AbortController()
  const embed = (...texts: readonly string[]) => embedder.embed(texts, { signal })
  return { server, embedder, embed, [Symbol.asyncDispose]: server.close }
}

/** Answers with these vectors. */
function vectors(...data: readonly object[]): FaultBehaviour {
  return faults.status(200, { body: { object: 'list', data } })
}

describe.each(CLIENTS)('openaiEmbedder over %s', (_name, createClient) => {
  it('requests numbers, and returns one vector for each text', async () => {
    await using subject = await openEmbedder(createClient, faults.embeddings({ dimensions: 4 }))
    const [first, second, again] = await subject.embed('cats', 'dogs', 'cats')
    expect(first).toBeInstanceOf(Float32Array)
    expect([first?.length, second?.length]).toEqual([4, 4])
    expect(again).toEqual(first)
    expect(subject.server.hits.map(({ body }) => body)).toEqual([
      { model: 'embed', input: ['cats', 'dogs', 'cats'], encoding_format: 'float' },
    ])
  })

  it('puts the vectors into the order of their texts', async () => {
    const behaviour = vectors({ index: 2, embedding: [2] }, { index: 0, embedding: [0] }, { index: 1, embedding: [1] })
    await using subject = await openEmbedder(createClient, behaviour)
    expect(await subject.embed('a', 'b', 'c')).toEqual([0, 1, 2].map((value) => Float32Array.of(value)))
  })

  it('requests batches sequentially, and keeps the order', async () => {
    await using subject = await openEmbedder(createClient, faults.embeddings(), { batchSize: 2 })
    const texts = ['one', 'two', 'three', 'four', 'five']
    const all = await subject.embed(...texts)
    const inputs = [['one', 'two'], ['three', 'four'], ['five']]
    expect(subject.server.hits.map(({ body }) => body)).toMatchObject(inputs.map((input) => ({ input })))
    for (const [index, text] of texts.entries()) expect(await subject.embed(text)).toEqual([all[index]])
  })

  it('makes no request for an empty list', async () => {
    await using subject = await openEmbedder(createClient, faults.embeddings())
    expect(await subject.embed()).toEqual([])
    expect(subject.server.hits).toEqual([])
  })

  it('rejects with the reason of its signal, makes no further request, and closes the connection', async () => {
    const controller = new AbortController()
    const gate = createGate()
    const behaviour = faults.inTurn(faults.embeddings(), faults.sequence(step.gate(gate)))
    await using subject = await openEmbedder(createClient, behaviour, { batchSize: 1 })
    const pending = subject.embedder.embed(['a', 'b', 'c'], { signal: controller.signal })
    const hit = await subject.server.hit(1)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(await hit.closed).toBe('client')
    await expect(subject.embedder.embed(['a'], { signal: controller.signal })).rejects.toBe(reason)
    expect(subject.server.hits).toHaveLength(2)
  })

  it('leaves no listener on its signal', async () => {
    const { signal } = new AbortController()
    await using subject = await openEmbedder(createClient, faults.embeddings(), { batchSize: 1 })
    await subject.embedder.embed(['a', 'b'], { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it.each<[string, FaultBehaviour, object]>([
    ['unavailable', faults.unavailable(), { code: 'upstream-unavailable', retryable: true }],
    ['limited', faults.rateLimited({ retryAfter: 3 }), { code: 'upstream-rate-limited', retryAfterMs: 3000 }],
    ['unauthorized', faults.unauthorized(), { code: 'upstream-auth', retryable: false }],
    ['gone', faults.refused(), { code: 'upstream-unavailable', retryable: true }],
    ['missing a vector', vectors({ index: 0, embedding: [1] }), { code: 'upstream-bad-response' }],
    ['sending an error as JSON', faults.jsonError(), { code: 'upstream-bad-response' }],
    ['sending an HTML page', faults.htmlPage(), { code: 'upstream-bad-response' }],
  ])('fails without a retry when the server is %s', async (_name, behaviour, error) => {
    await using subject = await openEmbedder(createClient, behaviour)
    await expect(subject.embed('a', 'b')).rejects.toMatchObject({ name: 'ChatError', ...error })
    expect(subject.server.hits).toHaveLength(1)
  })
})

describe('openaiEmbedder with invalid options', () => {
  it.each([
    ['client.embeddings.create', { client: {} }],
    ['model', { model: '' }],
    ['batchSize', { batchSize: 0 }],
  ])('throws at once for an invalid %s', (field, wrong) => {
    const [, createClient] = CLIENTS[0] ?? expect.fail('There is no client')
    const options = { client: createClient({ baseURL: 'http://127.0.0.1/v1' }), model: 'embed', ...wrong }
    expect(() => openaiEmbedder(options as OpenAIEmbedderOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})
