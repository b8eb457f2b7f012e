import { describe, expect, it } from 'vitest'
import type { RetrievedChunk, Retriever } from '../../../src/core/vocabulary/retriever.ts'
import { fakeRetriever, retrieverContract } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

const TENANTS = fakeRetriever((_query, { scope, filter }) =>
  ['one', 'two', 'three']
    .filter((text) => !filter || text === filter)
    .map((text, index) => found(`${scope}-${index}`, text)),
)

const KNOWN = {
  query: 'numbers',
  filter: { value: 'two', allows: ({ chunk }: RetrievedChunk) => chunk.text === 'two' },
  scopes: { own: 'ann', foreign: 'bob' },
}

retrieverContract({ describe, it, name: 'fakeRetriever', create: () => ({ retriever: TENANTS }), ...KNOWN })

describe('retrieverContract', () => {
  it('passes a correct retriever', async () => {
    expect(await failuresOf(TENANTS)).toEqual([])
  })

  it.each<[string, readonly RetrievedChunk[], string]>([
    ['repeats a chunk', [found('a'), found('a'), found('b')], 'returns chunks with ids and text, each once'],
    ['finds no text', [found('a', ''), found('b'), found('c')], 'returns chunks with ids and text, each once'],
    ['finds too few chunks', [found('a'), found('b')], 'returns chunks with ids and text, each once'],
    [
      'returns the best last',
      [found('a', 't', 1), found('b', 't', 2), found('c', 't', 3)],
      'returns the best first: no score is higher than the one before',
    ],
    [
      'returns NaN scores',
      [found('a', 't', NaN), found('b', 't', 0), found('c', 't', 0)],
      'returns the best first: no score is higher than the one before',
    ],
    ['ignores the scope', [found('a'), found('b'), found('c')], 'shows a scope nothing of another one'],
    ['ignores the filter', [found('a'), found('b'), found('c')], 'respects a filter'],
  ])('fails a retriever that %s', async (_name, chunks, check) => {
    expect(await failuresOf(fakeRetriever(chunks))).toContain(check)
  })

  it.each<[string, Retriever['retrieve'], string]>([
    [
      'ignores topK',
      (query, options) => TENANTS.retrieve(query, { ...options, topK: 3 }),
      'returns at most topK chunks',
    ],
    [
      'writes to its options',
      (query, options) => TENANTS.retrieve(query, Object.assign(options, { topK: 1 })),
      'returns at most topK chunks',
    ],
    [
      'fails for quotes',
      async (query, options) =>
        query.includes('"') ? Promise.reject(new Error('syntax')) : TENANTS.retrieve(query, options),
      'accepts any text as a query',
    ],
    [
      'leaves listeners behind',
      (query, options) => {
        options.signal.addEventListener('abort', () => {})
        return TENANTS.retrieve(query, options)
      },
      'leaves no listener on its signal',
    ],
    [
      'never settles once it is aborted',
      (query, options) => (options.signal.aborted ? new Promise(() => {}) : TENANTS.retrieve(query, options)),
      'settles when its signal has already aborted',
    ],
  ])('fails a retriever that %s', async (_name, retrieve, check) => {
    expect(await failuresOf({ retrieve })).toContain(check)
  })

  it('fails a retriever that returns its own list', async () => {
    const chunks = [found('a'), found('b'), found('c')]
    const retriever: Retriever = { retrieve: async (_query, { topK }) => (topK === 3 ? chunks : chunks.slice(0, topK)) }
    expect(await failuresOf(retriever)).toContain('returns a new list to every call')
  })

  it('fails a retriever that confuses calls', async () => {
    let topK = 0
    const retriever: Retriever = {
      async retrieve(query, options) {
        topK = options.topK
        await Promise.resolve()
        return TENANTS.retrieve(query, { ...options, topK })
      },
    }
    expect(await failuresOf(retriever)).toEqual(['serves simultaneous calls independently'])
  })
})

function found(chunkId: string, text = 'text', score = 1): RetrievedChunk {
  return { chunk: { chunkId, documentId: 'document', text }, score }
}

async function failuresOf(retriever: Retriever): Promise<readonly string[]> {
  const { runner, failures } = collectChecks()
  retrieverContract({ ...runner, name: 'a retriever', create: () => ({ retriever }), ...KNOWN })
  return failures()
}
