import { describe, expect, it } from 'vitest'
import type { Condenser, RetrievedChunk } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, FINISH } from './ask.ts'

const HISTORY = [
  { role: 'user', content: 'Do cats sleep?' },
  { role: 'assistant', content: 'Yes, they do.' },
] as const

function chunkOf(id: string, score: number): RetrievedChunk {
  return { chunk: { chunkId: id, documentId: id, text: `Text ${id}` }, score }
}

function condenserOf(...also: readonly { readonly query: string; readonly weight: number }[]): Condenser {
  return { condense: async (_turns, query) => ({ query, also }) }
}

/** Asks a follow-up whose queries find the given chunks. */
async function followUp(found: Readonly<Record<string, readonly RetrievedChunk[]>>, condenser: Condenser) {
  const retriever = fakeRetriever((query) => found[query] ?? [])
  const model = scriptedChatModel(['Yes [1].', FINISH])
  const run = { question: 'own', history: HISTORY, retriever, model, condenser, minScore: 0.5, topK: 8 }
  return { done: doneOf(await ask(run)), retriever }
}

describe('streamChat with several queries', () => {
  it('B11: asks for lists of 100 chunks, so that a chunk far down in several of them can be the best', async () => {
    const list = (prefix: string) => [
      ...Array.from({ length: 60 }, (_, index) => chunkOf(`${prefix}${index}`, 0.7 - index / 1000)),
      chunkOf('both', 0.6),
    ]
    const found = { own: list('a'), first: list('b') }
    const { done, retriever } = await followUp(found, condenserOf({ query: 'first', weight: 0.5 }))
    expect(done.sources[0]?.documentId).toBe('both')
    expect(retriever.calls.map(({ options }) => options.topK)).toEqual([100, 100])
  })

  it('B11: asks for topK chunks if there is one query', async () => {
    const { retriever } = await followUp({ own: [chunkOf('a', 0.9)] }, condenserOf())
    expect(retriever.calls.map(({ options }) => options.topK)).toEqual([8])
  })

  it('B10: refuses a follow-up that only its conversation has evidence for', async () => {
    const found = { own: [chunkOf('a', 0.1)], first: [chunkOf('b', 1)] }
    const { done } = await followUp(found, condenserOf({ query: 'first', weight: 0.9 }))
    expect(done.finishReason).toBe('no-evidence')
  })

  it('B10: passes if a further query of full weight has evidence', async () => {
    const found = { own: [chunkOf('a', 0.1)], whole: [chunkOf('b', 0.6)] }
    const { done } = await followUp(found, condenserOf({ query: 'whole', weight: 1 }))
    expect(done).toMatchObject({ finishReason: 'stop', sources: [{ documentId: 'b' }, { documentId: 'a' }] })
  })
})
