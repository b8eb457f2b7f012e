import { describe, expect, it } from 'vitest'
import { retrieve } from '../../../src/core/retrieval/retrieve.ts'
import { fakeRetriever, manualClock } from '../../../src/testing.ts'

describe('retrieve', () => {
  it('rejects with the reason of its signal, whatever value that is', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const retriever = fakeRetriever(['x'], { hang: 'until-abort' })
    const options = { topK: 1, filter: undefined, scope: undefined, retrieveMs: 100, clock: manualClock(), signal }
    const pending = retrieve(retriever, 'q', options)
    controller.abort('enough')
    await expect(pending).rejects.toBe('enough')
    await expect(retrieve(retriever, 'q', options)).rejects.toBe('enough')
    expect(retriever.calls).toHaveLength(1)
  })
})
