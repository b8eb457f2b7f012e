import { describe, expect, it } from 'vitest'
import { createGate, fakeRetriever } from '../../src/testing.ts'

describe('fakeRetriever', () => {
  it('finds its chunks in order, at most topK', async () => {
    const own = { chunk: { chunkId: 'c', documentId: 'd', text: 'mine' }, score: 9 }
    const retriever = fakeRetriever([own, 'second', 'third'])
    expect(await retriever.retrieve('q', { topK: 2, ...signalOf() })).toEqual([
      own,
      { chunk: { chunkId: 'chunk-2', documentId: 'document-2', title: 'Document 2', text: 'second' }, score: 0.5 },
    ])
  })

  it('records its calls, and computes its results from them', async () => {
    const retriever = fakeRetriever((query, { scope }) => [`${query} for ${scope}`])
    const options = { topK: 1, scope: 'ann', ...signalOf() }
    expect((await retriever.retrieve('cats', options))[0]?.chunk.text).toBe('cats for ann')
    expect(retriever.calls).toEqual([{ query: 'cats', options }])
  })

  it('fails with the given error, after a gate', async () => {
    const gate = createGate()
    const error = new Error('index is down')
    const found = fakeRetriever([], { gate, error }).retrieve('q', { topK: 1, ...signalOf() })
    await gate.reached()
    gate.open()
    await expect(found).rejects.toBe(error)
  })

  it('finds nothing under a signal that has already aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(fakeRetriever(['one']).retrieve('q', { topK: 1, signal })).rejects.toThrow('stop')
  })

  it('hangs until its signal aborts, or forever when it ignores its signal', async () => {
    const controller = new AbortController()
    const options = { topK: 1, signal: controller.signal }
    const polite = fakeRetriever([], { hang: 'until-abort' }).retrieve('q', options)
    const deaf = fakeRetriever([], { hang: 'deaf' }).retrieve('q', options)
    controller.abort(new Error('stop'))
    await expect(polite).rejects.toThrow('stop')
    const nextTurn = new Promise((resolve) => setImmediate(resolve, 'still hanging'))
    expect(await Promise.race([deaf, nextTurn])).toBe('still hanging')
  })
})

function signalOf() {
  return { signal: new AbortController().signal }
}
