import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { createTextEmbedder, type Embedded } from '../../../src/knowledge/embedding/embed-texts.ts'
import { resolveEmbeddingOptions, type EmbeddingOptions } from '../../../src/knowledge/embedding/embedding-options.ts'
import { createGate, manualClock } from '../../../src/testing.ts'
import { fakeEmbedder, type FakeEmbedder } from '../fake-embedder.ts'

const { signal } = new AbortController()

function open(embedder: FakeEmbedder, options: EmbeddingOptions = {}) {
  const clock = manualClock()
  const embed = createTextEmbedder(embedder, { ...resolveEmbeddingOptions(options, 'test'), clock })
  return { clock, embed }
}

const kinds = (results: readonly Embedded[]): readonly string[] =>
  results.map((result) => (result instanceof ChatError ? result.code : 'vector'))

const rejected = (message: string): ChatError => new ChatError(message, { code: 'upstream-rejected' })

describe('createTextEmbedder', () => {
  it('gives each text the vector of that text, however the batches are cut', async () => {
    const alone = fakeEmbedder()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (texts, batchSize, concurrency) => {
          const { embed } = open(fakeEmbedder(), { batchSize, concurrency })
          const results = await embed(texts, { signal })
          const { embed: one } = open(alone, { batchSize: 1, concurrency: 1 })
          expect(results).toEqual(await one(texts, { signal }))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('finds the texts that the service rejects, and embeds all others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 15 }),
        fc.integer({ min: 1, max: 8 }),
        async (bad, batchSize) => {
          const texts = bad.map((isBad, index) => `${isBad ? 'BAD' : 'good'} ${index}`)
          const embedder = fakeEmbedder((batch, vectors) => {
            if (batch.some((text) => text.startsWith('BAD'))) throw rejected('no')
            return vectors
          })
          const results = await open(embedder, { batchSize }).embed(texts, { signal })
          expect(kinds(results)).toEqual(bad.map((isBad) => (isBad ? 'upstream-rejected' : 'vector')))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('returns vectors of length 1, and a zero vector as it is', async () => {
    const embedder = fakeEmbedder(() => [Float32Array.of(3, 4), new Float32Array(2)])
    const [first, second] = await open(embedder).embed(['a', 'b'], { signal })
    expect(first).toEqual(Float32Array.of(0.6, 0.8))
    expect(second).toEqual(new Float32Array(2))
  })

  it.each<[string, (texts: string[], vectors: readonly Float32Array[]) => unknown]>([
    ['takes the texts out of its list', (texts, vectors) => (texts.splice(0), vectors)],
    ['returns instances of subclasses', (_, vectors) => class extends Array {}.from(vectors)],
  ])('copes with an embedder that %s', async (_, answer) => {
    const given = ['one', 'two', 'three']
    const results = await open(fakeEmbedder((texts, vectors) => answer(texts as string[], vectors))).embed(given, {
      signal,
    })
    expect(kinds(results)).toEqual(['vector', 'vector', 'vector'])
    expect(given).toEqual(['one', 'two', 'three'])
  })

  it('copies the vectors, so that the embedder may use their buffers again', async () => {
    const shared = new Float32Array([3, 4])
    const results = await open(fakeEmbedder((texts) => texts.map(() => shared))).embed(['one', 'two'], { signal })
    shared.fill(9)
    expect(results).toEqual([new Float32Array([0.6, 0.8]), new Float32Array([0.6, 0.8])])
  })

  it('names a hole in the list of vectors', async () => {
    const embedder = fakeEmbedder((texts, [vector]) => {
      const sparse: unknown[] = [vector]
      sparse.length = texts.length
      return sparse
    })
    const [first, second] = await open(embedder).embed(['one', 'two'], { signal })
    expect(first).toBeInstanceOf(Float32Array)
    expect(second).toMatchObject({ message: expect.stringContaining('returned undefined') })
  })

  it('takes vectors that are not in a promise', async () => {
    const embedder = { embed: (texts: readonly string[]) => texts.map(() => new Float32Array([1])) }
    const embed = createTextEmbedder(embedder as never, {
      ...resolveEmbeddingOptions({}, 'test'),
      clock: manualClock(),
    })
    expect(await embed(['one'], { signal })).toEqual([new Float32Array([1])])
  })

  it('retries a failure that may pass, after the time that the service asks for', async () => {
    let attempts = 0
    const embedder = fakeEmbedder((_, vectors) => {
      attempts += 1
      if (attempts === 1) throw new ChatError('slow down', { code: 'upstream-rate-limited', retryAfterMs: 7_000 })
      return vectors
    })
    const { clock, embed } = open(embedder)
    const pending = embed(['a'], { signal })
    await expect.poll(() => attempts).toBe(1)
    await clock.advance(6_999)
    expect(attempts).toBe(1)
    await clock.advance(1)
    expect(kinds(await pending)).toEqual(['vector'])
  })

  it('fails after the last retry, and starts no further batch', async () => {
    const embedder = fakeEmbedder(() => {
      throw new ChatError('down', { code: 'upstream-unavailable' })
    })
    const { embed } = open(embedder, { batchSize: 1, concurrency: 1, retries: 0 })
    await expect(embed(['a', 'b', 'c'], { signal })).rejects.toMatchObject({ code: 'upstream-unavailable' })
    expect(embedder.calls).toHaveLength(1)
  })

  it('fails if no text in a row of twenty can be embedded', async () => {
    const embedder = fakeEmbedder(() => {
      throw rejected('unknown model')
    })
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`)
    const { embed } = open(embedder, { concurrency: 1 })
    await expect(embed(texts, { signal })).rejects.toThrow(/20 texts in a row: unknown model/u)
  })

  it('keeps the rate of calls and of tokens', async () => {
    const embedder = fakeEmbedder()
    const { clock, embed } = open(embedder, { batchSize: 1, concurrency: 4, callsPerMinute: 60 })
    const pending = embed(['a', 'b', 'c'], { signal })
    await expect.poll(() => embedder.calls.length).toBe(1)
    await clock.advance(1_000)
    await expect.poll(() => embedder.calls.length).toBe(2)
    await clock.advance(1_000)
    expect(kinds(await pending)).toEqual(['vector', 'vector', 'vector'])

    const other = fakeEmbedder()
    const slow = open(other, { batchSize: 1, concurrency: 1, tokensPerMinute: 60 })
    const later = slow.embed(['four', 'four'], { signal })
    await expect.poll(() => other.calls.length).toBe(1)
    await slow.clock.advance(999)
    expect(other.calls).toHaveLength(1)
    await slow.clock.advance(1)
    await later
    expect(other.calls).toHaveLength(2)
  })

  it('rejects with the reason of an abort at once, also if the embedder is deaf', async () => {
    const gate = createGate()
    const embedder = fakeEmbedder(async (_, vectors) => {
      await gate.pass()
      return vectors
    })
    const controller = new AbortController()
    const pending = open(embedder).embed(['a'], { signal: controller.signal })
    await gate.reached()
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
  })

  it('tells the embedder the purpose of the vectors', async () => {
    const purposes: unknown[] = []
    const embedder = fakeEmbedder((_, vectors, { purpose }) => {
      purposes.push(purpose)
      return vectors
    })
    const { embed } = open(embedder)
    await embed(['a'], { signal })
    await embed(['a'], { signal, purpose: 'query' })
    expect(purposes).toEqual(['document', 'query'])
  })
})
